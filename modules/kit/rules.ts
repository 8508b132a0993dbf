import type { Change, Row } from './change.ts';
import { conflict, invalid } from './errors.ts';

/** Laws that many entities share, for their `rule`. */

/** While its `status` is one of these, a row changes in nothing else and is not deleted. Throws `conflict`. */
export function frozen(what: string, ...states: string[]): (change: Change) => void {
  return ({ before, after, request }) => {
    const status = before?.['status'] as string | undefined;
    if (status === undefined || !states.includes(status)) return;
    const changed = Object.keys(request.body).some((name) => name !== 'status');
    if (!after || changed) throw conflict(`${article(status)} ${status} ${what} does not change`);
  };
}

/** What has an end does not end before its start. Throws `validation_error`. */
export function inOrder({ after }: Change, start: string, end: string): void {
  const [from, to] = [after?.[start], after?.[end]];
  if (from && to && momentOf(to) < momentOf(from))
    throw invalid('the body is not valid', { [end]: `is before ${start}` });
}

/** What a row cannot do without as things are. Throws `validation_error` with every name at once. */
export function needs(row: Row, names: string[], because: string): void {
  const missing = names.filter((name) => row[name] == null);
  if (missing.length === 0) return;
  const faults = missing.map((name): [string, string] => [name, `is missing: ${because}`]);
  throw invalid('the body is not valid', Object.fromEntries(faults));
}

/** Written as text, read back as a Date. */
function momentOf(value: unknown): number {
  return new Date(value as string | Date).getTime();
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}
