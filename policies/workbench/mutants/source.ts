/** A Rego file as rules, their branches, and the expressions those stand on. Relies on the layout of `opa fmt`. */
import { depths, outside, spanOf, split, tokensOf, type Span, type Token } from './tokens.ts';

/** One expression of a body. */
export interface Expression extends Span {
  tokens: Token[];
}

/** The head with its conditions, or one `else` with its own. */
export interface Branch extends Span {
  tokens: Token[];
  /** What it evaluates to; null where that is an unwritten `true`, or a member of a set. */
  value: (Span & { tokens: Token[] }) | null;
  /** What stands after `if`, braces included; null where there is no condition. */
  condition: Span | null;
  /** The bodies: the condition's own, then those of comprehensions and of `every` inside the branch. */
  bodies: Expression[][];
}

export interface Rule extends Span {
  name: string;
  isDefault: boolean;
  branches: Branch[];
}

export interface RegoSource {
  /** From `policies/`, with `/`. */
  file: string;
  text: string;
  /** Without `data.`: `kisum.entitlement`. */
  package: string;
  rules: Rule[];
}

export function readSource(file: string, text: string): RegoSource {
  const statements = statementsOf(text, tokensOf(text));
  const first = statements.find(([word]) => word?.text === 'package') ?? [];
  const name = first
    .slice(1)
    .map((token) => token.text)
    .join('')
    .trim();
  const rules = statements.filter(([word]) => !['package', 'import'].includes(word!.text)).map(ruleOf);
  return { file, text, package: name, rules };
}

/** Line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** A statement begins at the left edge; a closing bracket and an `else` there go on with the one before. */
function statementsOf(text: string, tokens: Token[]): Token[][] {
  const statements: Token[][] = [];
  for (const token of tokens) {
    const atEdge = token.start === 0 || text[token.start - 1] === '\n';
    const begins = atEdge && token.kind === 'name' && token.text !== 'else';
    if (begins) statements.push([token]);
    else statements.at(-1)?.push(token);
  }
  return statements.map(trimmed);
}

function trimmed(tokens: Token[]): Token[] {
  const last = tokens.findLastIndex(({ kind }) => kind !== 'line end');
  return tokens.slice(0, last + 1);
}

function ruleOf(tokens: Token[]): Rule {
  const isDefault = tokens[0]!.text === 'default';
  const name = tokens[isDefault ? 1 : 0]!.text;
  return { ...spanOf(tokens), name, isDefault, branches: branchTokens(tokens).map(branchOf) };
}

function branchTokens(tokens: Token[]): Token[][] {
  const depth = depths(tokens);
  const begins = tokens.flatMap(({ text }, at) => (depth[at] === 0 && text === 'else' ? [at] : []));
  return [0, ...begins].map((from, at) => trimmed(tokens.slice(from, begins[at])));
}

function branchOf(tokens: Token[]): Branch {
  const at = outside(tokens, 'if');
  const head = at < 0 ? tokens : tokens.slice(0, at);
  const condition = at < 0 ? [] : tokens.slice(at + 1);
  const assigned = outside(head, ':=', '=');
  const value = assigned < 0 ? null : head.slice(assigned + 1);
  return {
    ...spanOf(tokens),
    tokens,
    value: value && { ...spanOf(value), tokens: value },
    condition: condition.length > 0 ? spanOf(condition) : null,
    bodies: [
      bodyOf(isBraced(condition) ? condition.slice(1, -1) : condition),
      ...nestedBodies(tokens),
    ].filter((body) => body.length > 0),
  };
}

function isBraced(tokens: Token[]): boolean {
  const depth = depths(tokens);
  const closes = tokens.findIndex(({ text }, at) => text === '}' && depth[at] === 0);
  return tokens[0]?.text === '{' && closes === tokens.length - 1 && outside(tokens.slice(1, -1), '|') < 0;
}

/** Lines that begin with `with` belong to the expression before. */
function bodyOf(tokens: Token[]): Expression[] {
  const expressions: Token[][] = [];
  for (const piece of split(tokens, ({ kind, text }) => kind === 'line end' || text === ';')) {
    if (piece[0]!.text === 'with') expressions.at(-1)?.push(...piece);
    else expressions.push(piece);
  }
  return expressions.map((piece) => ({ ...spanOf(piece), tokens: piece }));
}

/** Bodies in brackets: after the bar of a comprehension, and of `every`. */
function nestedBodies(tokens: Token[]): Expression[][] {
  const depth = depths(tokens);
  return tokens.flatMap((token, open) => {
    if (token.text !== '{' && token.text !== '[') return [];
    const close = tokens.findIndex(
      (_, at) => at > open && depth[at] === depth[open]! && isClosing(tokens[at]!),
    );
    const inside = tokens.slice(open + 1, close);
    const bar = outside(inside, '|');
    if (bar >= 0) return [bodyOf(inside.slice(bar + 1))];
    return followsEvery(tokens, depth, open) ? [bodyOf(inside)] : [];
  });
}

function isClosing({ kind, text }: Token): boolean {
  return kind === 'sign' && (text === '}' || text === ']');
}

function followsEvery(tokens: Token[], depth: number[], open: number): boolean {
  if (tokens[open]!.text !== '{') return false;
  const from = tokens.findLastIndex(
    ({ kind, text }, at) =>
      at < open && (kind === 'line end' || text === 'every') && depth[at] === depth[open],
  );
  return tokens[from]?.text === 'every';
}
