import { snake, tableName, tableOfCall, type Fact } from '../facts.ts';
import { isSql, sqlFacts } from './sql.ts';

interface Token {
  kind: 'word' | 'string' | 'sign';
  text: string;
  at: number;
}

const TOKEN =
  /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|'(?:\\.|[^'\\\n])*'|(?<string>"(?:\\.|[^"\\\n])*"|`[^`]*(?:`|$))|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<sign>==|!=|:=|[^\s\w])/gu;

/** What a Go file says, read by its tokens: no types, no packages. */
export function goFacts(source: string): Fact[] {
  const tokens = [...source.matchAll(TOKEN)].flatMap(({ groups = {}, index: at }): Token[] => {
    if (groups['string'] !== undefined) return [{ kind: 'string', text: groups['string'].slice(1, -1), at }];
    if (groups['word'] !== undefined) return [{ kind: 'word', text: groups['word'], at }];
    return groups['sign'] === undefined ? [] : [{ kind: 'sign', text: groups['sign'], at }];
  });
  const imported = imports(tokens);
  return tokens.flatMap((token, index): Fact[] => {
    const { at, text } = token;
    if (imported.has(token)) return [{ kind: 'import', name: text, at }];
    if (token.kind === 'string') return stringFacts(token);
    if (token.kind !== 'word') return [];
    if (text === 'type') return structFacts(tokens, index);
    if (text === 'TableName') return tableNameFacts(tokens, index);
    return tokens[index - 1]?.text === '.' ? [] : pathFacts(tokens, index);
  });
}

/** `import "x"`, or each string of `import ( … )`. */
function imports(tokens: Token[]): Set<Token> {
  const found = new Set<Token>();
  tokens.forEach(({ kind, text }, index) => {
    if (kind !== 'word' || text !== 'import') return;
    const isList = tokens[index + 1]?.text === '(';
    const end = isList ? closing(tokens, index + 1) : index + 3;
    const names = tokens.slice(index + 1, end).filter((token) => token.kind === 'string');
    for (const name of isList ? names : names.slice(0, 1)) found.add(name);
  });
  return found;
}

function stringFacts({ text, at }: Token): Fact[] {
  if (!isSql(text)) return [{ kind: 'text', text, at }];
  const code = text.replace(/\\./g, '  ');
  return sqlFacts(code).map((fact) => ({ ...fact, at: at + 1 + fact.at }));
}

/** A struct with an object mapper's tags is a table. */
function structFacts(tokens: Token[], index: number): Fact[] {
  const [name, struct, open] = tokens.slice(index + 1, index + 4);
  if (!name || struct?.text !== 'struct' || open?.text !== '{') return [];
  const body = tokens.slice(index + 3, closing(tokens, index + 3));
  const mapped = body.some(
    ({ kind, text }, at) =>
      (kind === 'string' && /\b(?:gorm|db|bun|pg):"/.test(text)) ||
      (text === 'gorm' && body[at + 2]?.text === 'Model'),
  );
  return mapped ? [{ kind: 'model', name: [snake(name.text)], at: name.at }] : [];
}

/** `func (User) TableName() string { return "users" }` */
function tableNameFacts(tokens: Token[], index: number): Fact[] {
  const value = tokens.slice(index, index + 8).find(({ kind }) => kind === 'string');
  return value ? [{ kind: 'model', name: tableName(value.text), at: value.at }] : [];
}

/** `a.b["c"].D(…)`: the calls on the way, the whole path, and what it is compared with. */
function pathFacts(tokens: Token[], start: number): Fact[] {
  const { facts, path, next } = pathAt(tokens, start);
  const { at } = tokens[start]!;
  facts.push({ kind: 'member', path, at });
  const value = isEquality(tokens[next]) ? valueAt(tokens, next + 1) : valueBefore(tokens, start);
  if (value !== undefined) facts.push({ kind: 'compare', path, value, at });
  return facts;
}

function pathAt(tokens: Token[], start: number): { facts: Fact[]; path: string[]; next: number } {
  const { at, text } = tokens[start]!;
  const facts: Fact[] = [];
  const path = [text];
  let next = start + 1;
  for (;;) {
    const sign = tokens[next]?.text;
    const after = tokens[next + 1];
    if (tokens[next]?.kind !== 'sign') break;
    if (sign === '.' && after?.kind === 'word') {
      path.push(after.text);
      next += 2;
    } else if (sign === '[' && after?.kind === 'string') {
      path.push(after.text);
      next += 3;
    } else if (sign === '(') {
      const end = closing(tokens, next);
      facts.push(...callFacts(path.slice(), tokens.slice(next + 1, end), at));
      next = end + 1;
    } else break;
  }
  return { facts, path, next };
}

function callFacts(path: string[], args: Token[], at: number): Fact[] {
  const texts = args.filter(({ kind }) => kind === 'string').map(({ text }) => text);
  const names: string[][] = [];
  for (let index = 0; index < args.length;) {
    const found = args[index]!.kind === 'word' ? pathAt(args, index) : undefined;
    if (found) names.push(found.path);
    index = found?.next ?? index + 1;
  }
  const [first] = args;
  const call: Fact = { kind: 'call', path, names, texts, at };
  const count = args.filter(({ text }) => text === ',').length + 1;
  return first?.kind === 'string' ? [call, ...tableOfCall(goTableCall(path), first.text, count, at)] : [call];
}

/** Go's methods start with a capital; the receiver decides nothing there. */
function goTableCall(path: string[]): string[] {
  return /^(?:Table|From|Into|Join|Model)$/.test(path.at(-1)!) && path.length > 1 ? ['db', path.at(-1)!] : [];
}

function valueAt(tokens: Token[], index: number): string | undefined {
  const token = tokens[index];
  if (token?.kind === 'string') return token.text;
  // A constant or a member of a package: RoleAdmin, roles.Admin
  return token?.kind === 'word' ? pathAt(tokens, index).path.at(-1) : undefined;
}

function valueBefore(tokens: Token[], start: number): string | undefined {
  const value = tokens[start - 2];
  return isEquality(tokens[start - 1]) && value?.kind === 'string' ? value.text : undefined;
}

function isEquality(token: Token | undefined): boolean {
  return token?.kind === 'sign' && (token.text === '==' || token.text === '!=');
}

/** The index of what closes the bracket at `open`. */
function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const { kind, text } = tokens[index]!;
    if (kind !== 'sign') continue;
    if ('([{'.includes(text)) depth += 1;
    if (')]}'.includes(text)) depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}
