import { randomUUID } from 'node:crypto';
import { Refusal } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { readHead } from '../request/head.ts';
import type { Step } from '../request/exchange.ts';

const REQUEST_ID = /^[\w.-]{1,128}$/;

/** Gives the request its id, the client's own where it is harmless, and reads the headers the gateway needs. */
export function correlate({ cors, lifecycle }: Pick<Parts, 'cors' | 'lifecycle'>): Step {
  return (exchange) => {
    const { req } = exchange;
    const sent = req.headers['x-request-id'];
    exchange.requestId = typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID();
    exchange.ownHeaders = ['x-request-id', exchange.requestId, ...cors.headers(req.headers.origin)];
    exchange.head = readHead(req.rawHeaders, req.httpVersion);
    if (lifecycle.draining)
      throw new Refusal('service_unavailable', 'the gateway is shutting down', { close: true });
  };
}
