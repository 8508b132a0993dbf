import { envelope, Refusal, unavailable } from '../errors.ts';
import type { Exchange } from '../request/exchange.ts';
import { announcesBody } from '../request/head.ts';
import { takeNoMore } from '../request/last-request.ts';
import { Cut } from '../leases/transfer.ts';
import { BrokenTransfer, ClientGone } from '../upstream/relay.ts';

/** The one place where an error becomes an answer. What nobody foresaw is a 503 that says nothing. */
export function rescue(exchange: Exchange, error: unknown): void {
  const { res } = exchange;
  exchange.fault = error;
  if (error instanceof ClientGone) return;
  if (error instanceof Cut) return cutOff(exchange, error);
  if (error instanceof BrokenTransfer || res.headersSent) return breakTransfer(exchange);
  const refusal = error instanceof Refusal ? error : unavailable('the request could not be completed', error);
  exchange.refusal = refusal;
  answer(exchange, refusal);
}

function answer(exchange: Exchange, refusal: Refusal): void {
  const { req, res, socket, requestId, decisionId, ownHeaders } = exchange;
  const body = envelope(refusal, { requestId, ...(decisionId && { decisionId }) });
  const headers = ownHeaders.concat([
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(body)),
    'cache-control',
    'no-store',
  ]);
  if (refusal.status === 401) headers.push('www-authenticate', 'Bearer');
  if (refusal.retryAfter !== undefined) headers.push('retry-after', String(refusal.retryAfter));
  // A body nobody read, or framing in doubt: the bytes that follow cannot be taken for a request.
  if (refusal.close || (!req.complete && announcesBody(req.headers))) {
    headers.push('connection', 'close');
    takeNoMore(socket);
  }
  res.writeHead(refusal.status, headers).end(body);
}

/** A tunnel and a stream of access have told their client already, in their own words. */
function cutOff(exchange: Exchange, { kind, refusal }: Cut): void {
  exchange.refusal = refusal;
  if (kind === 'pending') answer(exchange, refusal);
  else if (kind === 'download' || kind === 'events') breakTransfer(exchange);
}

/** A reset, because ending the connection is how a whole answer without a length ends too. */
function breakTransfer({ socket, res }: Exchange): void {
  socket.resetAndDestroy();
  res.destroy();
}
