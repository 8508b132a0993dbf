/**
 * The words of a Rego file, with their places. Why not the compiler's own tree: it gives every term of an `else` on
 * one line the place of the whole `else`, and an edit needs the place of the term.
 */
import { WorkbenchError } from '../run.ts';

export interface Token {
  kind: 'name' | 'string' | 'number' | 'sign' | 'line end';
  text: string;
  /** Offsets in the file's text; `end` is the first one after it. */
  start: number;
  end: number;
}

/** A piece of the text. */
export type Span = Pick<Token, 'start' | 'end'>;

const TOKEN =
  /(?<blank>[ \t\r]+|#[^\n]*)|(?<end>\n)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_]\w*)|(?<sign>:=|==|!=|<=|>=|[^\s\w])/gy;

/** Comments and blanks are left out. Throws `WorkbenchError` at what is no token. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const { groups = {}, index: start, 0: found } of text.matchAll(TOKEN)) {
    end = start + found.length;
    if (groups.blank === undefined) tokens.push({ kind: kindOf(groups), text: found, start, end });
  }
  if (end < text.length) throw new WorkbenchError(`no token of Rego: ${text.slice(end, end + 40)}`);
  return tokens;
}

function kindOf(groups: Record<string, string | undefined>): Token['kind'] {
  if (groups.end !== undefined) return 'line end';
  const kinds = ['string', 'number', 'name'] as const;
  return kinds.find((kind) => groups[kind] !== undefined) ?? 'sign';
}

const OPENS = new Set(['(', '[', '{']);
const CLOSES = new Set([')', ']', '}']);

/** How deep in brackets each token stands; a bracket itself stands outside. */
export function depths(tokens: readonly Token[]): number[] {
  let depth = 0;
  return tokens.map(({ kind, text }) => {
    if (kind !== 'sign') return depth;
    if (CLOSES.has(text)) return --depth;
    return OPENS.has(text) ? depth++ : depth;
  });
}

/** The tokens between separators that stand outside brackets; empty pieces are left out. */
export function split(tokens: readonly Token[], separates: (token: Token) => boolean): Token[][] {
  const depth = depths(tokens);
  const pieces: Token[][] = [[]];
  for (const [at, token] of tokens.entries()) {
    if (depth[at] === 0 && separates(token)) pieces.push([]);
    else pieces.at(-1)!.push(token);
  }
  return pieces.filter((piece) => piece.some(({ kind }) => kind !== 'line end'));
}

/** Index of the first token that fits and stands outside brackets, or -1. */
export function outside(tokens: readonly Token[], ...texts: string[]): number {
  const depth = depths(tokens);
  return tokens.findIndex(({ text }, at) => depth[at] === 0 && texts.includes(text));
}

/** From the first to the last token that is no line end. */
export function spanOf(tokens: readonly Token[]): Span {
  const words = tokens.filter(({ kind }) => kind !== 'line end');
  return { start: words[0]!.start, end: words.at(-1)!.end };
}
