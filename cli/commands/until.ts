import { CliError, EXIT } from '../errors.ts';

const UNITS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * When a period ends, its first moment outside: a date (midnight UTC), a moment with its zone, `+12h`, `+5m`, or `+30d`:
 * so many whole days, to the midnight after them, so that saying it again on the same day changes nothing.
 * @param endsNow the command that ends what is there at once
 * @throws CliError 2
 */
export function endOf(text: string, now: Date = new Date(), endsNow = 'unentitle'): Date {
  const end = new Date(relative(text, now) ?? absolute(text));
  if (Number.isNaN(end.getTime()))
    throw usage(`--until ${text} is no date, no moment and no +30d, +12h or +5m`);
  if (end <= now) throw usage(`--until ${text} is over already; to end it now: kisum-cli ${endsNow}`);
  return end;
}

function relative(text: string, now: Date): number | undefined {
  const [, count, unit] = /^\+(\d{1,5})([dhm])$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  const end = now.getTime() + Number(count) * UNITS[unit!]!;
  return unit === 'd' ? Math.ceil(end / UNITS['d']!) * UNITS['d']! : end;
}

/** A day that does not exist (February 30) is refused, not moved into March. */
function absolute(text: string): number {
  const [date] = text.split('T');
  const exists = ISO.test(text) && new Date(`${date}T00:00Z`).toJSON()?.startsWith(date!);
  return exists ? Date.parse(text) : NaN;
}

const usage = (message: string) => new CliError(EXIT.usage, message);
