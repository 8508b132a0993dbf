const LONGEST = 400;

/** What is wrong with text that people read; what is right stands in every file as itself, whatever it looks like. */
export function proseFaults(text: string): string[] {
  return [
    ...(text.trim() === '' ? ['is empty'] : []),
    ...(text.length > LONGEST ? [`is longer than ${LONGEST} characters`] : []),
    ...(/[\r\n\u2028\u2029]/.test(text) ? ['has a line break: write one line'] : []),
    // Among them those that turn the direction of writing: what a reviewer sees would not be what stands there.
    ...(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u.test(text.replace(/[\r\n]/g, '')) ? ['has invisible characters'] : []),
  ];
}
