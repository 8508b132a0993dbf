import type { Exchange, Step } from './request/exchange.ts';
import { correlate } from './steps/correlate.ts';
import { decide } from './steps/decide.ts';
import { enforce } from './steps/enforce.ts';
import { forward } from './steps/forward.ts';
import { locate } from './steps/locate.ts';
import { logDecision } from './steps/log-decision.ts';
import { record } from './steps/record.ts';
import { requireCompany } from './steps/require-company.ts';
import { rescue } from './steps/rescue.ts';
import { resolveAccess } from './steps/resolve-access.ts';
import { validateJwt } from './steps/validate-jwt.ts';
import { AccessDocuments } from './doors/access-document.ts';
import { called, forPeople, tellAccess } from './doors/access-me.ts';
import { AccessStreams } from './doors/access-streams.ts';
import { describeApi } from './doors/openapi.ts';
import { giveTicket, locateTicketRoute } from './doors/ticket.ts';
import { checkUpgrade, redeemTicket, tunnel } from './doors/websocket.ts';
import type { Parts } from './parts.ts';

/** The ways in. Each is the same steps with another ending. */
export interface Doors {
  http: Door;
  websocket: Door;
  ticket: Door;
  openapi: Door;
  access: Door;
  accessStream: Door;
}

/** Takes a request to its end: it never rejects. */
export type Door = (exchange: Exchange) => Promise<void>;

export function buildDoors(parts: Parts): Doors {
  const begin = correlate(parts);
  const find = locate(parts);
  const authenticate = validateJwt(parts);
  const know = resolveAccess(parts.access);
  const resolve = [requireCompany(parts), know];
  const judge = [...resolve, decide(parts), logDecision(parts), enforce];

  const tell = [begin, find, authenticate, forPeople, ...resolve];
  const documents = new AccessDocuments(parts);
  const streams = new AccessStreams(parts, documents);

  const write = record(parts);

  /** Steps that need not wait do not: a request whose every fact is remembered runs through in one go. */
  const door = (steps: Step[]): Door => {
    return async (exchange) => {
      parts.active.add(exchange);
      try {
        for (const step of steps) {
          const pending = step(exchange);
          if (pending) await pending;
        }
      } catch (error) {
        rescue(exchange, error);
      } finally {
        parts.active.delete(exchange);
        write(exchange);
      }
    };
  };
  return {
    http: door([begin, find, authenticate, ...judge, forward(parts)]),
    websocket: door([begin, find, checkUpgrade, redeemTicket(parts, authenticate), ...judge, tunnel(parts)]),
    ticket: door([begin, authenticate, locateTicketRoute(parts), ...judge, giveTicket(parts)]),
    openapi: door([begin, authenticate, know, describeApi(parts)]),
    access: door([called('access.me'), ...tell, tellAccess(documents)]),
    accessStream: door([called('access.me.stream'), ...tell, streams.open]),
  };
}
