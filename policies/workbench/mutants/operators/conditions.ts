/** What a rule asks before it holds. */
import { replace, type Edit, type Operator } from '../edit.ts';
import type { Expression, Rule } from '../source.ts';
import { outside, spanOf } from '../tokens.ts';

/** Only what can be true or false: no iteration, no name given to something. */
function conditionsOf(rule: Rule): Expression[] {
  const all = rule.branches.flatMap(({ bodies }) => bodies.flat());
  return all.filter(
    ({ tokens }) => !['some', 'every'].includes(tokens[0]!.text) && outside(tokens, ':=') < 0,
  );
}

export const negate: Operator = {
  name: 'negate',
  edits: (rule) =>
    conditionsOf(rule).map(({ start, tokens }) =>
      tokens[0]!.text === 'not'
        ? replace({ start, end: tokens[1]!.start }, '')
        : replace({ start, end: start }, 'not '),
    ),
};

/** The line stays, so that what follows keeps its place. */
export const dropCondition: Operator = {
  name: 'drop-condition',
  edits: (rule) => conditionsOf(rule).map((condition) => replace(condition, 'true')),
};

/** Several conditions at once. */
export const dropAllConditions: Operator = {
  name: 'drop-all-conditions',
  edits: (rule) =>
    rule.branches.flatMap(({ condition, bodies }) =>
      condition !== null && bodies[0]!.length > 1 ? [replace(condition, 'true')] : [],
    ),
};

export const dropWith: Operator = {
  name: 'drop-with',
  edits: (rule) => rule.branches.flatMap(({ bodies }) => bodies.flat().flatMap(modifiers)),
};

function modifiers({ tokens }: Expression): Edit[] {
  const begins = tokens.flatMap(({ text, kind }, at) => (kind === 'name' && text === 'with' ? [at] : []));
  return begins.map((from, at) => replace(spanOf(tokens.slice(from, begins[at + 1])), ''));
}

const OPPOSITES = new Map([
  ['==', '!='],
  ['!=', '=='],
  ['<', '>='],
  ['>', '<='],
  ['<=', '>'],
  ['>=', '<'],
]);

export const flipComparison: Operator = {
  name: 'flip-comparison',
  edits: (rule) =>
    rule.branches
      .flatMap(({ tokens }) => tokens)
      .filter(({ text }) => OPPOSITES.has(text))
      .map((token) => replace(token, OPPOSITES.get(token.text)!)),
};
