/** One replacement in the text of a rule. */
import { lineOf, type RegoSource, type Rule } from './source.ts';
import type { Span, Token } from './tokens.ts';

export interface Edit extends Span {
  text: string;
}

/** A way to make a policy wrong, in one place at a time. */
export interface Operator {
  name: string;
  /** Every place of one rule where it can be applied, in the order of the text. */
  edits: (rule: Rule, source: RegoSource) => Edit[];
}

export function replace({ start, end }: Span, text: string): Edit {
  return { start, end, text };
}

export function applied(text: string, edit: Edit): string {
  return text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}

/** Several edits of one text as one. */
export function together(edits: Edit[], { text }: RegoSource): Edit {
  const start = Math.min(...edits.map((edit) => edit.start));
  const end = Math.max(...edits.map((edit) => edit.end));
  const backwards = edits.toSorted((one, other) => other.start - one.start);
  const changed = backwards.reduce(applied, text);
  return { start, end, text: changed.slice(start, end + changed.length - text.length) };
}

/** The lines an edit touches, before and after, with where they begin. */
export function shown(text: string, edit: Edit): { line: number; before: string; after: string } {
  const from = text.lastIndexOf('\n', edit.start - 1) + 1;
  const next = text.indexOf('\n', edit.end);
  const to = next < 0 ? text.length : next;
  const after = text.slice(from, edit.start) + edit.text + text.slice(edit.end, to);
  return { line: lineOf(text, edit.start), before: text.slice(from, to).trim(), after: after.trim() };
}

export function textOf({ text }: RegoSource, { start, end }: Span): string {
  return text.slice(start, end);
}

/** All words of a rule but the line ends. */
export function wordsOf(rule: Rule): Token[] {
  return rule.branches.flatMap(({ tokens }) => tokens).filter(({ kind }) => kind !== 'line end');
}
