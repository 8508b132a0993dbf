/** What stands in a list or a table, and what is put together from parts. */
import { replace, textOf, wordsOf, type Edit, type Operator } from '../edit.ts';
import type { RegoSource, Rule } from '../source.ts';
import { depths, outside, spanOf, split, type Span, type Token } from '../tokens.ts';

interface Bracket {
  /** What stands before it: a function's name, for its arguments. */
  before: Token | undefined;
  open: Token;
  /** Without the brackets, cut at the commas. */
  parts: Token[][];
}

function brackets(rule: Rule): Bracket[] {
  const words = wordsOf(rule);
  const depth = depths(words);
  return words.flatMap((open, at) => {
    if (open.kind !== 'sign' || !['(', '[', '{'].includes(open.text)) return [];
    const close = depth.findIndex(
      (level, other) => other > at && level === depth[at]! && isClosing(words[other]!),
    );
    const inside = words.slice(at + 1, close);
    return [{ before: words[at - 1], open, parts: split(inside, ({ text }) => text === ',') }];
  });
}

function isClosing({ kind, text }: Token): boolean {
  return kind === 'sign' && (text === ')' || text === ']' || text === '}');
}

/** Written-out lists that do not index anything, and tables whose values are constants. */
function entriesOf(rule: Rule): { open: Token; parts: Token[][]; isTable: boolean }[] {
  return brackets(rule).flatMap(({ before, open, parts }) => {
    if (parts.length < 2) return [];
    const isTable = open.text === '{' && parts.every(isConstantEntry);
    const isList = open.text === '[' && before?.kind !== 'name' && before?.text !== ']';
    return isTable || isList ? [{ open, parts, isTable }] : [];
  });
}

function isConstantEntry([key, colon, value, ...more]: Token[]): boolean {
  const isConstant = ['true', 'false'].includes(value?.text ?? '') || value?.kind === 'number';
  return key?.kind === 'string' && colon?.text === ':' && isConstant && more.length === 0;
}

export const dropEntry: Operator = {
  name: 'drop-entry',
  edits: (rule) =>
    entriesOf(rule).flatMap(({ parts }) =>
      parts.map((part, at) => {
        const { start, end } = spanOf(part);
        const next = parts[at + 1];
        const previous = parts[at - 1];
        if (next !== undefined) return replace({ start, end: spanOf(next).start }, '');
        return replace({ start: previous === undefined ? start : spanOf(previous).end, end }, '');
      }),
    ),
};

/** Words that belong together: a table that lists some of them is tried with each of the others. */
const VOCABULARIES = [
  ['active', 'trial', 'past_due', 'cancelled', 'expired'],
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  ['public', 'authenticated', 'module', 'whatever'],
];

export const addEntry: Operator = {
  name: 'add-entry',
  edits: (rule) =>
    entriesOf(rule).flatMap(({ open, parts, isTable }) => {
      const keys = parts.map(([key]) => key!.text.slice(1, -1));
      const words = VOCABULARIES.find((all) => keys.every((key) => all.includes(key))) ?? [];
      const place = { start: open.end, end: open.end };
      if (!isTable) return [];
      return words.filter((word) => !keys.includes(word)).map((word) => replace(place, `"${word}": true, `));
    }),
};

const UNWRAPPED = ['sort', 'count'];
const JOINED = ['concat', 'union'];

/** `sort(x)` becomes `x`; of two things joined only one is taken. */
export const dropOperand: Operator = {
  name: 'drop-operand',
  edits: (rule, source) =>
    brackets(rule).flatMap(({ before, open, parts }) => {
      if (open.text !== '(' || before === undefined) return [];
      if (UNWRAPPED.includes(before.text)) return [unwrapped(before, parts, 0, source)];
      if (!JOINED.includes(before.text)) return [];
      return parts.map((_, at) => unwrapped(before, parts, at, source));
    }),
};

function unwrapped(name: Token, parts: Token[][], at: number, source: RegoSource): Edit {
  const start = callStart(source.text, name);
  const end = source.text.indexOf(')', spanOf(parts.at(-1)!).end) + 1;
  return replace({ start, end }, textOf(source, spanOf(parts[at]!)));
}

/** `array.concat` begins at `array`. */
function callStart(text: string, { start }: Span): number {
  return start - (/\w+\.$/.exec(text.slice(0, start))?.[0].length ?? 0);
}

/** What stands before the bar of a comprehension is not looked at; its `if` is the body's. */
export const emptyComprehension: Operator = {
  name: 'empty-comprehension',
  edits: (rule) =>
    brackets(rule).flatMap(({ open, parts }) => {
      const inside = parts.flat();
      const bar = open.text === '(' ? -1 : outside(inside, '|');
      return bar < 0 ? [] : [replace({ start: inside[bar]!.end, end: inside[bar]!.end }, ' false;')];
    }),
};
