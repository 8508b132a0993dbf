import { closest, distance } from 'fastest-levenshtein';

/** The name that holds the word (`promoter` in `basic_promoter`), else the one with the fewest letters changed. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const lower = names.map((name) => name.toLowerCase());
  const holding = lower.findIndex((name) => name.includes(wanted));
  return names[holding === -1 ? lower.indexOf(closest(wanted, lower)) : holding];
}

/** ` (did you mean finance?)`, or nothing where nothing is known. */
export function didYouMean(word: string, names: readonly string[]): string {
  return names.length === 0 ? '' : ` (did you mean ${nearest(word, names)}?)`;
}

/** The name that a slip of the finger would make of the word: one letter, or two in a long one. */
export function slip(word: string, names: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const letters = wanted.length < 6 ? 1 : 2;
  return names.find((name) => distance(wanted, name.toLowerCase()) <= letters);
}
