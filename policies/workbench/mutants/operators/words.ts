/** One word for another that could stand in its place. */
import { replace, wordsOf, type Edit, type Operator } from '../edit.ts';
import type { RegoSource, Rule } from '../source.ts';
import { split, type Token } from '../tokens.ts';

/** Fields of facts and catalog that are easily taken for each other. `access.addons` is one of its own. */
const FIELDS = new Map([
  ['modules', 'permissions'],
  ['permissions', 'modules'],
  ['started', 'ended'],
  ['ended', 'started'],
  ['packages', 'addons'],
  ['addons', 'packages'],
  ['access.addons', 'subscriptions'],
  ['subscriptions', 'addons'],
  ['package', 'addon'],
  ['addon', 'package'],
  ['module', 'permission'],
  ['permission', 'module'],
  ['entity', 'module'],
  ['entities', 'permissions'],
  ['is_base', 'is_addon'],
  ['is_addon', 'is_base'],
  ['present', 'active'],
  ['active', 'present'],
  ['standing', 'base_standing'],
  ['base_standing', 'standing'],
]);

export const swapField: Operator = {
  name: 'swap-field',
  edits: (rule) =>
    wordsOf(rule).flatMap((token, at, words) => {
      if (words[at - 1]?.text !== '.') return [];
      const swapped = FIELDS.get(`${words[at - 2]?.text}.${token.text}`) ?? FIELDS.get(token.text);
      return swapped === undefined ? [] : [replace(token, swapped)];
    }),
};

/** A constant becomes the next one of the file. Keys of objects are no constants. */
export const swapString: Operator = {
  name: 'swap-string',
  edits: (rule, source) => {
    if (rule.isDefault) return [];
    const all = [...new Set(source.rules.flatMap(constants).map(({ text }) => text))];
    const next = (text: string) => all[(all.indexOf(text) + 1) % all.length]!;
    return all.length < 2 ? [] : constants(rule).map((token) => replace(token, next(token.text)));
  },
};

function constants(rule: Rule): Token[] {
  return wordsOf(rule).filter(({ kind }, at, words) => kind === 'string' && words[at + 1]?.text !== ':');
}

export const flipBoolean: Operator = {
  name: 'flip-boolean',
  edits: (rule) =>
    rule.isDefault ? [] : wordsOf(rule).flatMap((token, at, words) => flipped(token, words[at - 1])),
};

function flipped(token: Token, before: Token | undefined): Edit[] {
  if (before?.text === '.') return [];
  if (token.text === 'true') return [replace(token, 'false')];
  return token.text === 'false' ? [replace(token, 'true')] : [];
}

export const nextNumber: Operator = {
  name: 'next-number',
  edits: (rule) =>
    wordsOf(rule)
      .filter(({ kind }) => kind === 'number')
      .map((token) => replace(token, String(Number(token.text) + 1))),
};

/** Another rule of the file is asked: the next one that takes as many arguments. */
export const swapRule: Operator = {
  name: 'swap-rule',
  edits: (rule, source) => {
    if (rule.isDefault) return [];
    const names = arities(source);
    return wordsOf(rule).flatMap((token, at, words) => {
      const next = isReference(token, at, words) ? nextOf(names, token.text) : null;
      return next === null ? [] : [replace(token, next)];
    });
  },
};

/** Not the head, not a field, not a package whose name a rule happens to have. */
function isReference({ kind }: Token, at: number, words: Token[]): boolean {
  return at > 0 && kind === 'name' && words[at - 1]!.text !== '.' && words[at + 1]?.text !== '.';
}

/** Name of each rule → how many arguments it takes. */
function arities({ rules }: RegoSource): Map<string, number> {
  return new Map(
    rules.filter(({ isDefault }) => !isDefault).map((rule) => [rule.name, arity(wordsOf(rule))]),
  );
}

function arity(words: Token[]): number {
  if (words[1]?.text !== '(') return 0;
  const close = words.findIndex(({ text }) => text === ')');
  return split(words.slice(2, close), ({ text }) => text === ',').length;
}

function nextOf(names: Map<string, number>, name: string): string | null {
  const alike = [...names].filter(([, count]) => count === names.get(name)).map(([other]) => other);
  const next = alike[(alike.indexOf(name) + 1) % alike.length];
  return names.has(name) && next !== undefined && next !== name ? next : null;
}
