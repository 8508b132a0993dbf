import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { consumeTicket } from '../../platform/auth/tickets.ts';
import { isRevoked } from '../access/source.ts';
import { invalid, Refusal, unauthorized, unavailable } from '../errors.ts';
import type { Parts } from '../parts.ts';
import type { Exchange, Step } from '../request/exchange.ts';
import { listed } from '../request/listed.ts';
import { ticketDigest } from './ticket.ts';
import { upstreamRequest } from '../steps/forward.ts';
import { responseHeaders } from '../upstream/headers.ts';
import { Cut, type Transfer, type TransferKind } from '../leases/transfer.ts';
import { BrokenTransfer } from '../upstream/relay.ts';
import { Tunnel } from '../upstream/tunnel.ts';

const TICKET_PROTOCOL = /^kisum\.ticket\.([\w-]{20,100})$/;
const HANDSHAKE_HEADERS = ['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions'];

/** Only a well-formed WebSocket handshake is judged further; like any bad target it is answered after the token. */
export const checkUpgrade: Step = (exchange) => {
  const { req } = exchange;
  const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = req.headers;
  if (upgrade?.toLowerCase() !== 'websocket') {
    exchange.targetRefusal = invalid('only an upgrade to websocket is supported', { close: true });
  } else if (req.method !== 'GET' || !key || version !== '13') {
    exchange.targetRefusal ??= invalid('the WebSocket handshake is malformed', { close: true });
  }
};

/** A browser cannot send a token with its handshake: it sends a ticket instead, which is used up here. */
export function redeemTicket(
  { db, access, cors }: Pick<Parts, 'db' | 'access' | 'cors'>,
  authenticate: Step,
): Step {
  return async (exchange) => {
    const { origin } = exchange.req.headers;
    const ticket = offeredProtocols(exchange)
      .map((it) => TICKET_PROTOCOL.exec(it)?.[1])
      .find(Boolean);
    if (ticket) await redeem(exchange, ticket);
    else await authenticate(exchange);
    if (origin !== undefined && !cors.allows(origin))
      throw new Refusal('forbidden', 'the origin is not allowed');
  };

  async function redeem(exchange: Exchange, ticket: string): Promise<void> {
    const claim = await consumeTicket(db, ticketDigest(ticket)).catch((cause: unknown) => {
      throw unavailable('the ticket cannot be checked', cause);
    });
    const { match, req } = exchange;
    if (!claim || claim.routeId !== match?.route.id || claim.origin !== (req.headers.origin ?? '')) {
      throw unauthorized('the ticket is not valid for this');
    }
    const user = await access.user(claim.userId);
    if (isRevoked(claim.tokenVersion, user)) throw unauthorized('the ticket is revoked');
    exchange.subject = { kind: 'user', id: claim.userId, tokenVersion: claim.tokenVersion };
    exchange.userId = claim.userId;
    exchange.user = user;
    exchange.tokenVersion = claim.tokenVersion;
    exchange.companyId = claim.companyId;
  }
}

/** Joins the client's socket to the module's, once the module agreed; its refusal is passed back whole. */
export function tunnel({
  upstreams,
  issuer,
  upstreamTimeoutMs,
}: Pick<Parts, 'upstreams' | 'issuer' | 'upstreamTimeoutMs'>): Step {
  return async (exchange) => {
    const { catalog, match } = exchange;
    const upstream = upstreams.get(catalog.services.get(match!.route.service));
    const { path, headers } = upstreamRequest(exchange, upstream, await issuer.assert(exchange));
    const client = upstream.origin.startsWith('https:') ? https : http;
    const request = client.request(upstream.origin, {
      path,
      headers: ['host', new URL(upstream.origin).host, ...headers, ...handshake(exchange)],
      agent: false,
      timeout: upstreamTimeoutMs,
    });
    await join(exchange, request);
  };
}

function handshake(exchange: Exchange): string[] {
  const { headers } = exchange.req;
  const lines = ['connection', 'Upgrade', 'upgrade', 'websocket'];
  for (const name of HANDSHAKE_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') lines.push(name, value);
  }
  const protocols = offeredProtocols(exchange).filter((it) => !TICKET_PROTOCOL.test(it));
  if (protocols.length > 0) lines.push('sec-websocket-protocol', protocols.join(', '));
  return lines;
}

function join(exchange: Exchange, request: http.ClientRequest): Promise<void> {
  const { res, socket } = exchange;
  return new Promise<void>((resolve, reject) => {
    const fail = (cause: Error) => reject(unavailable('the module did not answer', cause));
    const cuttable = (kind: TransferKind): Transfer => ({
      cut(refusal) {
        reject(new Cut(kind, refusal));
        request.destroy();
        return true;
      },
    });
    exchange.transfer = cuttable('pending');
    request.on('timeout', () => request.destroy(new Error('the module was too slow')));
    request.on('error', fail);
    socket.once('close', () => request.destroy(new Error('the client left')));
    request.on('response', (answer) => {
      exchange.transfer = cuttable('download');
      res.writeHead(answer.statusCode!, [
        ...responseHeaders(answer.rawHeaders),
        ...exchange.ownHeaders,
        'connection',
        'close',
      ]);
      answer.on('error', (cause) => reject(new BrokenTransfer('the answer broke off', { cause })));
      res.on('finish', resolve);
      answer.pipe(res);
    });
    request.on('upgrade', (answer, module: Socket, early) => {
      request.setTimeout(0);
      socket.write(acceptance(exchange, answer));
      exchange.transfer = new Tunnel({ client: socket, module, early, resolve, reject });
    });
    request.end();
  });
}

/** The 101. A browser wants one of its subprotocols back: the ticket's own, when the module chose none. */
function acceptance(exchange: Exchange, answer: http.IncomingMessage): string {
  const headers = [...responseHeaders(answer.rawHeaders), ...exchange.ownHeaders];
  const ticket = offeredProtocols(exchange).find((it) => TICKET_PROTOCOL.test(it));
  if (ticket && !answer.headers['sec-websocket-protocol']) headers.push('sec-websocket-protocol', ticket);
  const lines = ['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', 'upgrade: websocket'];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const offeredProtocols = ({ req }: Exchange): string[] => listed(req.headers['sec-websocket-protocol'] ?? '');
