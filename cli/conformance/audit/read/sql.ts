import { snake, type Fact } from '../facts.ts';

interface Token {
  kind: 'word' | 'string' | 'sign';
  text: string;
  at: number;
}

/** Comments fall away here; what stands between dollar quotes is read as SQL too, for it mostly is. */
const TOKEN =
  /--[^\n]*|\/\*[^]*?(?:\*\/|$)|\$\w*\$|(?<string>'(?:[^']|'')*(?:'|$))|(?<quoted>"[^"]*"|`[^`]*`|\[[A-Za-z_]\w*\])|(?<word>[A-Za-z_]\w*)|(?<sign><>|!=|[^\s\w])/g;

const STATEMENT =
  /^\s*\(?\s*(?:select\b[^]*\bfrom\b|insert\s+into\b|update\b[^]*\bset\b|delete\s+from\b|truncate\s|create\s+(?:\w+\s+)*table\b|alter\s+table\b|with\b[^]*\bas\s*\(|(?:\w+\s+){0,2}join\b[^]*\bon\b)/i;

/** Whether a string of another language is a statement. */
export function isSql(text: string): boolean {
  return STATEMENT.test(text);
}

export function sqlFacts(source: string): Fact[] {
  const tokens = tokensOf(source);
  const named = new Set(tokens.filter((_, index) => isNamedQuery(tokens, index)).map(({ text }) => text));
  const words = tokens.flatMap(({ kind }, index) => (kind === 'word' ? [index] : []));
  const tables = words.flatMap((index) => tableFacts(tokens, index, named));
  const places = new Set(tables.map(({ at }) => at));
  const columns = words.filter((index) => !places.has(tokens[index]!.at));
  return [...tables, ...columns.flatMap((index) => columnFacts(tokens, index))];
}

function tokensOf(source: string): Token[] {
  return [...source.matchAll(TOKEN)].flatMap(({ groups = {}, index: at }): Token[] => {
    if (groups['string'] !== undefined) return [{ kind: 'string', text: groups['string'].slice(1, -1), at }];
    if (groups['quoted'] !== undefined) return [{ kind: 'word', text: groups['quoted'].slice(1, -1), at }];
    if (groups['word'] !== undefined) return [{ kind: 'word', text: groups['word'], at }];
    return groups['sign'] === undefined ? [] : [{ kind: 'sign', text: groups['sign'], at }];
  });
}

/** `with events as (…)`: from there on `events` is no table. */
function isNamedQuery(tokens: Token[], index: number): boolean {
  const after = (offset: number) => tokens[index + offset]?.text.toLowerCase();
  return tokens[index]!.kind === 'word' && after(1) === 'as' && after(2) === '(';
}

const BEFORE_TABLE = new Set(['from', 'join', 'into', 'update', 'references', 'truncate']);
const BETWEEN = new Set(['if', 'not', 'exists', 'only', 'table']);

function tableFacts(tokens: Token[], index: number, named: Set<string>): Fact[] {
  const word = tokens[index]!.text.toLowerCase();
  const before = tokens[index - 1]?.text.toLowerCase();
  if (BEFORE_TABLE.has(word) && before !== 'distinct')
    return listAt(tokens, index + 1, word === 'from', named);
  if (word !== 'table' || !before) return [];
  const creates = tokens.slice(Math.max(0, index - 3), index).some(({ text }) => /^create$/i.test(text));
  if (!creates && before !== 'alter') return [];
  const found = nameAt(tokens, index + 1);
  return found ? [{ kind: 'table', name: found.name, use: creates ? 'create' : 'query', at: found.at }] : [];
}

/** One table, or all of `from a, b as c`. */
function listAt(tokens: Token[], start: number, isList: boolean, named: Set<string>): Fact[] {
  const found = nameAt(tokens, start);
  if (!found) return [];
  const { name, at, next } = found;
  const facts: Fact[] =
    name.length === 1 && named.has(tokens[next - 1]!.text) ? [] : [{ kind: 'table', name, use: 'query', at }];
  const comma = [next, next + 1, next + 2].find((index) => tokens[index]?.text === ',');
  const alias = comma === undefined ? [] : tokens.slice(next, comma);
  if (!isList || comma === undefined || alias.some(({ kind }) => kind !== 'word')) return facts;
  return [...facts, ...listAt(tokens, comma + 1, true, named)];
}

function nameAt(tokens: Token[], start: number): { name: string[]; at: number; next: number } | undefined {
  let index = start;
  while (BETWEEN.has(tokens[index]?.text.toLowerCase() ?? '')) index += 1;
  const first = tokens[index];
  if (first?.kind !== 'word') return undefined;
  const name = [snake(first.text)];
  while (tokens[index + 1]?.text === '.' && tokens[index + 2]?.kind === 'word') {
    name.push(snake(tokens[index + 2]!.text));
    index += 2;
  }
  return { name, at: first.at, next: index + 1 };
}

/** `u.role = 'admin'`, `role in ('admin', 'owner')`, and the name alone. */
function columnFacts(tokens: Token[], index: number): Fact[] {
  const { text, at } = tokens[index]!;
  const qualifier = tokens[index - 1]?.text === '.' ? [tokens[index - 2]?.text ?? ''] : [];
  const path = [...qualifier, text];
  const facts: Fact[] = [{ kind: 'member', path: [text], at }];
  const sign = tokens[index + 1]?.text.toLowerCase() ?? '';
  const value = tokens[index + (sign === 'in' ? 3 : 2)];
  if (['=', '<>', '!=', 'in'].includes(sign) && value?.kind === 'string')
    facts.push({ kind: 'compare', path, value: value.text, at });
  return facts;
}
