import type { Knex } from 'knex';
import { versionOf } from '../versions.ts';

/** What a WebSocket ticket is bound to. The ticket itself is never stored, only its digest. */
export interface Ticket {
  userId: string;
  companyId: string;
  routeId: string;
  origin: string;
  tokenVersion: number;
}

interface TicketRow {
  user_id: string;
  company_id: string;
  route_id: string;
  origin: string;
  token_version: unknown;
  alive: boolean;
}

/** Keeps a ticket for `lifeMs` by the database's clock, and forgets those whose time is over. */
export async function storeTicket(db: Knex, digest: string, ticket: Ticket, lifeMs: number): Promise<void> {
  await db('auth.tickets').where('expires_at', '<=', db.raw('statement_timestamp()')).delete();
  await db('auth.tickets').insert({
    digest,
    user_id: ticket.userId,
    company_id: ticket.companyId,
    route_id: ticket.routeId,
    origin: ticket.origin,
    token_version: ticket.tokenVersion,
    expires_at: db.raw(`statement_timestamp() + cast(? as float8) * interval '1 millisecond'`, [lifeMs]),
  });
}

/** Gives a ticket once, to whoever comes first; `null` when there is none, or its time is over. */
export async function consumeTicket(db: Knex, digest: string): Promise<Ticket | null> {
  const [row] = await db('auth.tickets')
    .where({ digest })
    .delete()
    .returning<TicketRow[]>(['*', db.raw('expires_at > statement_timestamp() as alive')]);
  if (row?.alive !== true) return null;
  return {
    userId: row.user_id,
    companyId: row.company_id,
    routeId: row.route_id,
    origin: row.origin,
    tokenVersion: versionOf(row.token_version),
  };
}
