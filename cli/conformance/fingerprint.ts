import { createHash } from 'node:crypto';
import type { Finding } from '../outcome.ts';

/**
 * Names a fault so that it is known again after edits elsewhere: no line number in it. `<hash>:<n>` for the nth equal
 * one.
 * @param subject what is wrong; the source itself where there is one
 */
export function fingerprinter(): (finding: Finding, subject: string) => string {
  const seen = new Map<string, number>();
  return ({ rule, module, file = '' }, subject) => {
    const known = JSON.stringify([rule, file === '' ? module : file, subject.replace(/\s+/g, ' ').trim()]);
    const hash = createHash('sha256').update(known).digest('hex').slice(0, 20);
    const nth = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, nth);
    return `${hash}:${nth}`;
  };
}

/** By module, file and place. */
export function sorted<Found extends Finding>(findings: Found[]): Found[] {
  const order = ({ module, file = '', line = 0, col = 0, rule, message }: Finding) =>
    [module, file, line, col, rule, message] as const;
  return findings.toSorted((a, b) => {
    const [left, right] = [order(a), order(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
  });
}
