const DAY_MS = 86_400_000;

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** `3 May 2026`, in UTC. */
export const dayOf = (moment: Date): string => day.format(moment);

/** `3 May 2026, 10:12:31 UTC`. */
export const momentOf = (moment: Date): string =>
  `${dayOf(moment)}, ${moment.toISOString().slice(11, 19)} UTC`;

/** How long one moment was before another, in days of the calendar: `the day before`. */
export function daysBefore(earlier: Date, later: Date): string {
  const days = dayNumber(later) - dayNumber(earlier);
  if (days === 0) return 'the same day';
  return days === 1 ? 'the day before' : `${days} days before`;
}

const dayNumber = (moment: Date): number => Math.floor(moment.getTime() / DAY_MS);
