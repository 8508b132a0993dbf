const MAX_WORDS = 32;
/** Shorter ones stand for themselves; longer ones also for what begins like them: `sale` finds `sales`. */
const STEM_CHARS = 4;

/** Any of the words of a text, as `to_tsquery` takes them; nothing when it has none. */
export function queryOf(text: string): string | undefined {
  const words = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu))].slice(0, MAX_WORDS);
  if (words.length === 0) return undefined;
  return words.map((word) => (word.length < STEM_CHARS ? `'${word}'` : `'${word}':*`)).join(' | ');
}
