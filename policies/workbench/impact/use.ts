/** How much what changes was used, by a decision log. */
import type { Entry } from '../../decision-log/entry.ts';
import type { RouteChange } from './changes.ts';
import type { Membership } from './people.ts';

/** Logged requests, with the moments of the first and the last (RFC 3339). */
export interface Use {
  requests: number;
  first: string;
  last: string;
}

export interface LoggedUse {
  /** Requests that were decided, of people, and the time they span. */
  log: Use;
  /** Of those, requests whose subject was masked: nobody knows whose they were. */
  anonymous: number;
  of(member: number, route: string): Use | undefined;
}

/** Counts the requests of each member at each route that changes for them; nothing else is kept in memory. */
export async function readUse(
  entries: AsyncIterable<Entry>,
  changes: readonly RouteChange[],
  members: readonly Membership[],
): Promise<LoggedUse> {
  const concerned = new Map<string, { index: number; routes: Map<string, Use | null> }>();
  for (const { route, members: indices } of changes) {
    for (const index of indices) {
      const { user, company } = members[index]!;
      const key = `${user.id} ${company.id}`;
      let member = concerned.get(key);
      if (!member) concerned.set(key, (member = { index, routes: new Map() }));
      member.routes.set(route, null);
    }
  }
  const log: Use = { requests: 0, first: '', last: '' };
  let anonymous = 0;
  for await (const entry of entries) {
    if (entry.kind !== 'event' || entry.event.input?.caller !== null) continue;
    const { timestamp, input, subject = {} } = entry.event;
    count(log, timestamp);
    if (subject.user_id === undefined || subject.company_id === undefined) {
      anonymous += input.access === null ? 0 : 1;
      continue;
    }
    const routes = concerned.get(`${subject.user_id} ${subject.company_id}`)?.routes;
    const use = input.route === null ? undefined : routes?.get(input.route);
    if (use === undefined) continue;
    if (use) count(use, timestamp);
    else routes!.set(input.route!, { requests: 1, first: timestamp, last: timestamp });
  }
  const byIndex = new Map([...concerned.values()].map(({ index, routes }) => [index, routes]));
  return { log, anonymous, of: (member, route) => byIndex.get(member)?.get(route) ?? undefined };
}

function count(use: Use, timestamp: string): void {
  use.first = use.requests === 0 || timestamp < use.first ? timestamp : use.first;
  use.last = timestamp > use.last ? timestamp : use.last;
  use.requests += 1;
}
