import type { Readable } from 'node:stream';
import { buildPath } from '../catalog/routes.ts';
import { Refusal } from '../errors.ts';
import type { Parts } from '../parts.ts';
import type { Exchange, Step } from '../request/exchange.ts';
import { cappedBody } from '../upstream/body.ts';
import { requestHeaders } from '../upstream/headers.ts';
import type { Upstream } from '../upstream/pools.ts';
import { Relay } from '../upstream/relay.ts';

/** Sends what was judged: the path from the route and its parameters, headers by allow-list, our identity added. */
export function forward({ upstreams, issuer }: Pick<Parts, 'upstreams' | 'issuer'>): Step {
  return (exchange) => {
    const upstream = upstreams.get(exchange.catalog.services.get(exchange.match!.route.service));
    const assertion = issuer.assert(exchange);
    if (!(assertion instanceof Promise)) return send(exchange, upstream, assertion);
    return assertion.then((it) => send(exchange, upstream, it));
  };
}

export interface UpstreamRequest {
  path: string;
  /** Flat names and values. */
  headers: string[];
}

/** The request as the module sees it. */
export function upstreamRequest(
  exchange: Exchange,
  upstream: Upstream,
  assertion: string | undefined,
): UpstreamRequest {
  const { req, head, match, target } = exchange;
  const headers = requestHeaders(req.rawHeaders, head.connection, match!.route.headers);
  headers.push('x-request-id', exchange.requestId, 'x-decision-id', exchange.decisionId!);
  if (assertion) headers.push('x-kisum-assertion', assertion);
  const path = upstream.prefix + buildPath(match!);
  return { path: target!.query === '' ? path : `${path}?${target!.query}`, headers };
}

async function send(exchange: Exchange, upstream: Upstream, assertion: string | undefined): Promise<void> {
  const request = upstreamRequest(exchange, upstream, assertion);
  const body = cappedBody(exchange.req);
  try {
    await dispatch(exchange, upstream, request, body);
  } catch (error) {
    if (exchange.res.headersSent) throw error;
    // A body over the limit ends the upstream request first; what the client should hear is the limit.
    if (body?.errored instanceof Refusal) throw body.errored;
    if (!isSafeToRepeat(exchange, error)) throw error;
    await dispatch(exchange, upstream, request, undefined);
  }
}

function dispatch(
  exchange: Exchange,
  upstream: Upstream,
  request: UpstreamRequest,
  body: Readable | undefined,
) {
  const { req, res, ownHeaders } = exchange;
  upstream.pending += 1;
  const onAnswer = () => void (upstream.pending -= 1);
  return new Promise<void>((resolve, reject) => {
    const { path, headers } = request;
    const { origin, pool } = upstream;
    const relay = new Relay({ res, ownHeaders, onAnswer, resolve, reject });
    exchange.transfer = relay;
    pool.dispatch({ origin, path, headers, method: req.method as 'GET', body: body ?? null }, relay);
  });
}

/** A kept socket may close just as it is used again: a GET whose answer never began can be asked once more. */
function isSafeToRepeat({ req }: Exchange, error: unknown): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}
