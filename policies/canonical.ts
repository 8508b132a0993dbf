import { hash } from 'node:crypto';

/** JSON with its keys sorted and nothing undefined: equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export function digestOf(value: unknown): string {
  return hash('sha256', canonical(value));
}

export function equal(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}
