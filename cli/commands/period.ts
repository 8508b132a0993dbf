import type { Bought } from '../../platform/core/companies.ts';
import type { Plain } from '../operations/plain.ts';

export const KIND: Record<Bought['kind'], string> = { package: 'package', addon: 'add-on' };

/** `active, without end`. */
export function periodText({ status, endsAt }: { status: string; endsAt: string | null }): string {
  return `${status}, ${endsAt === null ? 'without end' : `until ${endsAt}`}`;
}

/** One line of a company's periods, for a table. */
export function boughtRow(period: Plain<Bought>): string[] {
  const { kind, key, startsAt, started, ended } = period;
  const when = ended ? 'over' : started ? '' : `from ${startsAt}`;
  return [KIND[kind], key, periodText(period), when];
}
