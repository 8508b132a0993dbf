/** Every mutant of the rules: each operator at each place where it changes something. */
import { applied, shown, type Operator } from './edit.ts';
import type { Mutant } from './mutant.ts';
import { dropBranch, dropRule, swapBranches, widenDefault } from './operators/branches.ts';
import {
  dropAllConditions,
  dropCondition,
  dropWith,
  flipComparison,
  negate,
} from './operators/conditions.ts';
import { addEntry, dropEntry, dropOperand, emptyComprehension } from './operators/literals.ts';
import { flipBoolean, nextNumber, swapField, swapRule, swapString } from './operators/words.ts';
import { readSource, type RegoSource, type Rule } from './source.ts';

export const OPERATORS: readonly Operator[] = [
  negate,
  dropCondition,
  dropAllConditions,
  dropWith,
  flipComparison,
  dropBranch,
  swapBranches,
  dropRule,
  widenDefault,
  swapField,
  swapString,
  swapRule,
  flipBoolean,
  nextNumber,
  dropEntry,
  addEntry,
  dropOperand,
  emptyComprehension,
];

/**
 * The mutants of one file. An id is made of the rule, the operator and a count within both, so that an edit elsewhere
 * leaves it alone. Where two operators come to the same text the first one has it.
 */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = readSource(file, text);
  const seen = new Set([text]);
  return source.rules.flatMap((rule) =>
    OPERATORS.flatMap((operator) => made(operator, rule, source)).filter(({ change }) => {
      const isNew = !seen.has(change.text);
      seen.add(change.text);
      return isNew;
    }),
  );
}

type RegoMutant = Mutant & { change: { text: string } };

function made(operator: Operator, rule: Rule, source: RegoSource): RegoMutant[] {
  const place = nameOf(rule, source);
  return operator.edits(rule, source).map((edit, at) => ({
    id: `${place}:${operator.name}:${at + 1}`,
    operator: operator.name,
    file: source.file,
    ...shown(source.text, edit),
    change: { file: source.file, text: applied(source.text, edit) },
  }));
}

/** Rules of the same name are told apart by their number: `kisum.entitlement._lapsed.2`. */
function nameOf(rule: Rule, source: RegoSource): string {
  const namesakes = source.rules.filter(({ name, isDefault }) => name === rule.name && !isDefault);
  const suffix = rule.isDefault ? '.default' : namesakes.length > 1 ? `.${namesakes.indexOf(rule) + 1}` : '';
  return `${source.package}.${rule.name}${suffix}`;
}
