/** Which of its branches a rule takes, and whether it is there at all. */
import { replace, textOf, together, type Edit, type Operator } from '../edit.ts';
import type { Branch, RegoSource, Rule } from '../source.ts';
import type { Span } from '../tokens.ts';

/** A condition that never holds; the last branch, which has none, goes altogether. */
export const dropBranch: Operator = {
  name: 'drop-branch',
  edits: ({ branches }) =>
    branches.length < 2
      ? []
      : branches.map((branch) =>
          branch.condition === null ? replace(branch, '') : replace(branch.condition, 'false'),
        ),
};

/** Two neighbours change places. The last branch, which always holds, stays: before another it would hide it. */
export const swapBranches: Operator = {
  name: 'swap-branches',
  edits: ({ branches }, source) =>
    branches.slice(1).flatMap((second, at) => exchanged(branches[at]!, second, source)),
};

function exchanged(first: Branch, second: Branch, source: RegoSource): Edit[] {
  const hasValue = first.value !== null;
  if (first.condition === null || second.condition === null || hasValue !== (second.value !== null))
    return [];
  const pairs: [Span, Span][] = [[first.condition, second.condition]];
  if (first.value !== null && second.value !== null) pairs.push([first.value, second.value]);
  const edits = pairs.flatMap(([one, other]) => [
    replace(one, textOf(source, other)),
    replace(other, textOf(source, one)),
  ]);
  return [together(edits, source)];
}

/** Only where another of the same name remains, or the policy would not compile. */
export const dropRule: Operator = {
  name: 'drop-rule',
  edits: (rule, { rules }) => {
    const remains = rules.some((other) => other !== rule && other.name === rule.name);
    return remains ? [replace(rule, '')] : [];
  },
};

/** A default takes what the rule gives elsewhere, and the opposite of nothing. */
export const widenDefault: Operator = {
  name: 'widen-default',
  edits: (rule, { rules }) => {
    const value = rule.branches[0]!.value;
    if (!rule.isDefault || value === null) return [];
    const text = value.tokens[0]!.text;
    return wider(text, rule, rules).map((other) => replace(value, other));
  },
};

const OPPOSITES: Record<string, string> = { false: 'true', true: 'false', null: '""' };

function wider(text: string, { name }: Rule, rules: Rule[]): string[] {
  const opposite = OPPOSITES[text];
  if (opposite !== undefined) return [opposite];
  const values = rules.filter((rule) => rule.name === name).flatMap(({ branches }) => branches);
  const words = values.flatMap(({ value }) => value?.tokens ?? []).filter(({ kind }) => kind === 'string');
  return [...new Set(words.map((word) => word.text))].filter((word) => word !== text);
}
