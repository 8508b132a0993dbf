import type { Lab } from '../lab/lab.ts';
import type { Seen } from '../service/protocol.ts';
import type { Examined } from './probe.ts';

/** 18: where it tried to go. */
export function connections(seen: Seen | undefined): Examined {
  if (!seen) return { why: 'connections: they cannot be seen from outside' };
  const { refused } = seen;
  const fault = refused.length > 0 ? `it tried to connect to ${refused.join(', ')}` : undefined;
  return [{ what: 'its connections', fault }];
}

/** 18: insufficient_privilege, as PostgreSQL says it in the log about a table of somebody else. */
export function tables(output: string | undefined): Examined {
  if (output === undefined)
    return { why: 'tables: only a real PostgreSQL holds a module to its own (TEST_DATABASE_URL)' };
  const [denied] = /permission denied for [^"\\]+/.exec(output) ?? [];
  return [{ what: 'its statements', fault: denied && `the database refused one: ${denied.trim()}` }];
}

/** 19: no handler ran for somebody who was refused. */
export function handledInVain({ recorded }: Lab, { handled }: Seen): Examined {
  const ran = new Set(handled.map(({ userId }) => userId));
  const letIn = new Set(
    recorded.flatMap(({ exchange, person }) =>
      person && ![401, 403].includes(exchange.status) ? [person.userId] : [],
    ),
  );
  const refusedUsers = recorded.filter(({ person, exchange }) => person && exchange.status === 403);
  const wrong = refusedUsers.find(({ person }) => !letIn.has(person!.userId) && ran.has(person!.userId));
  const fault = wrong && `the handler ran, though the answer was ${wrong.exchange.status}`;
  return [{ what: 'handlers of refused requests', fault, ...(wrong && { exchange: wrong.exchange }) }];
}
