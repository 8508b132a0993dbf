import type { IncomingHttpHeaders } from 'node:http';
import type { Parts } from '../parts.ts';
import { invalid, Refusal } from '../errors.ts';
import { announcesBody } from '../request/head.ts';
import { takeNoMore } from '../request/last-request.ts';
import { parseTarget } from '../request/target.ts';
import type { Step } from '../request/exchange.ts';

const BODILESS = new Set(['GET', 'HEAD']);

/**
 * Finds the route, and only finds: what is wrong with the target, or missing, is answered after the token and
 * `x-org`, so that a stranger never learns which routes exist.
 */
export function locate({ catalogs }: Pick<Parts, 'catalogs'>): Step {
  return (exchange) => {
    const { req } = exchange;
    exchange.catalog = catalogs.current;
    try {
      checkMethod(exchange.req.method!, req.headers);
      exchange.target = parseTarget(req.url!);
      exchange.match = exchange.catalog.routes.find(req.method!, exchange.target.path);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      exchange.targetRefusal = error;
      if (error.close) takeNoMore(exchange.socket);
    }
  };
}

function checkMethod(method: string, headers: IncomingHttpHeaders): void {
  if (method === 'TRACE' || method === 'CONNECT')
    throw invalid(`${method} is not supported`, { close: true });
  if (BODILESS.has(method) && announcesBody(headers))
    throw invalid(`a ${method} request has no body`, { close: true });
}
