import type { Lab } from '../lab/lab.ts';
import type { Seen } from '../service/protocol.ts';
import type { Trial } from './probe.ts';

/** 18: where it tried to go. */
export function egress({ refused }: Seen): Trial[] {
  return [
    {
      what: 'its connections',
      fault: refused.length > 0 ? `it tried to connect to ${refused.join(', ')}` : undefined,
    },
  ];
}

/** 18: insufficient_privilege, as PostgreSQL says it about a table of somebody else. */
export function foreignTables(output: string): Trial[] {
  const [denied] = /permission denied for [^"\\]+/.exec(output) ?? [];
  return [{ what: 'its statements', fault: denied && `the database refused one: ${denied.trim()}` }];
}

/** 11 and the like: nobody's handler ran who was to be refused. */
export function handledInVain({ recorded }: Lab, { handled }: Seen): Trial[] {
  const ran = new Set(handled.map(({ userId }) => userId));
  const letIn = new Set(
    recorded.flatMap(({ exchange, person }) =>
      person && ![400, 401, 403].includes(exchange.status) ? [person.userId] : [],
    ),
  );
  const refusedUsers = recorded.filter(({ person, exchange }) => person && exchange.status === 403);
  const wrong = refusedUsers.find(({ person }) => !letIn.has(person!.userId) && ran.has(person!.userId));
  const fault = wrong && `the handler ran, though the answer was ${wrong.exchange.status}`;
  return [{ what: 'handlers of refused requests', fault, ...(wrong && { exchange: wrong.exchange }) }];
}
