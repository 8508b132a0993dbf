import { closest } from 'fastest-levenshtein';

/** ` (did you mean finance?)`, or nothing where nothing is known. */
export function nearest(word: string, known: readonly string[]): string {
  return known.length === 0 ? '' : ` (did you mean ${closest(word.toLowerCase(), [...known])}?)`;
}
