import { hash, randomBytes } from 'node:crypto';
import { storeTicket, type Ticket } from '../../platform/auth/tickets.ts';
import { invalid, Refusal, unavailable } from '../errors.ts';
import type { Parts } from '../parts.ts';
import type { Exchange, Step } from '../request/exchange.ts';
import { companyOf } from '../steps/require-company.ts';
import { readCapped } from '../request/read-capped.ts';
import { parseTarget } from '../request/target.ts';

/** Life of a WebSocket ticket, seconds. */
const TICKET_LIFE_S = 10;
const MAX_BODY_BYTES = 16_384;

/** Reads `{"route": "/api/…"}` and finds that route, to be judged as the WebSocket's GET will be. */
export function locateTicketRoute({ catalogs }: Pick<Parts, 'catalogs'>): Step {
  return async (exchange) => {
    exchange.catalog = catalogs.current;
    if (exchange.subject?.kind !== 'user') throw invalid('a ticket is for a user');
    exchange.target = parseTarget(await readRoute(exchange));
    exchange.companyId = companyOf(exchange.head);
    exchange.match = exchange.catalog.routes.find('GET', exchange.target.path);
  };
}

/** Gives a judged request its ticket: single-use, bound to user, company, route and Origin. */
export function giveTicket({ db }: Pick<Parts, 'db'>): Step {
  return async (exchange) => {
    const { res, ownHeaders } = exchange;
    const ticket = randomBytes(32).toString('base64url');
    await storeTicket(db, ticketDigest(ticket), boundTo(exchange), TICKET_LIFE_S * 1000).catch(
      (cause: unknown) => {
        throw unavailable('no ticket could be made', cause);
      },
    );
    const data = { ticket, protocol: `kisum.ticket.${ticket}`, expiresIn: TICKET_LIFE_S };
    res.writeHead(201, [
      ...ownHeaders,
      'content-type',
      'application/json; charset=utf-8',
      'cache-control',
      'no-store',
    ]);
    res.end(JSON.stringify({ success: true, data }));
  };
}

/** Only the digest is kept: what the database holds opens nothing. */
export const ticketDigest = (ticket: string): string => hash('sha256', ticket, 'hex');

/** To the version of the token that asked, or else the user's as it is known. */
function boundTo({ userId, companyId, match, subject, access, user, req }: Exchange): Ticket {
  const claimed = subject?.kind === 'user' ? subject.tokenVersion : undefined;
  return {
    userId: userId!,
    companyId: companyId!,
    routeId: match!.route.id,
    origin: req.headers.origin ?? '',
    tokenVersion: claimed ?? access?.record.versions.token ?? user!.tokenVersion!,
  };
}

async function readRoute({ req }: Exchange): Promise<string> {
  if (!/^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? '')) {
    throw new Refusal('unsupported_media_type', 'send application/json: {"route": "/api/…"}');
  }
  const body = await readCapped(req, MAX_BODY_BYTES);
  if (body === undefined) throw new Refusal('payload_too_large', 'the body is too large', { close: true });
  return routeOf(body);
}

function routeOf(body: string): string {
  try {
    const { route } = JSON.parse(body) as { route?: unknown };
    if (typeof route === 'string') return route;
  } catch (cause) {
    throw invalid('the body is not JSON: send {"route": "/api/…"}', { cause });
  }
  throw invalid('"route" is missing: send {"route": "/api/…"}');
}
