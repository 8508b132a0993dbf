/** The items of a comma-separated header or setting, trimmed, without empty ones. */
export const listed = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
