/**
 * Reads JSON in which every member is named once: of two by one name, readers differ in which one counts.
 * @throws Error saying what is wrong
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (countMembers(value) !== writtenMembers(text)) throw new Error('a member is named twice');
  return value;
}

/** Members as written: every string followed by a colon. Strings are consumed whole, so none inside one counts. */
const writtenMembers = (json: string) =>
  [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, item) => sum + countMembers(item), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}
