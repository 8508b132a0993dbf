/** Every way a bought period can stand: five statuses, begun or not, over or not. */
import type { PeriodFacts, SubscriptionStatus } from '../../contract.ts';

const STATUSES: SubscriptionStatus[] = ['active', 'trial', 'past_due', 'cancelled', 'expired'];

export const PERIODS: PeriodFacts[] = STATUSES.flatMap((status) =>
  [true, false].flatMap((started) => [false, true].map((ended) => ({ status, started, ended }))),
);

/** One for each way it can count; what waits was bought and has not begun. */
export const ACTIVE: PeriodFacts = { status: 'active', started: true, ended: false };
export const OVER: PeriodFacts = { status: 'active', started: true, ended: true };
export const IDLE: PeriodFacts = { status: 'cancelled', started: true, ended: false };
export const WAITING: PeriodFacts = { status: 'active', started: false, ended: false };
