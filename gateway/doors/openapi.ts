import type { Parts } from '../parts.ts';
import { isKnown } from '../request/etag.ts';
import type { Step } from '../request/exchange.ts';
import { parseTarget } from '../request/target.ts';

/** Answers who has a valid token with the description of the API; a stranger never learns which routes exist. */
export function describeApi({ catalogs }: Pick<Parts, 'catalogs'>): Step {
  return (exchange) => {
    const { req, res, ownHeaders } = exchange;
    exchange.target = parseTarget(req.url!);
    exchange.catalog = catalogs.current;
    const { text, etag } = exchange.catalog.openapi();
    const headers = [...ownHeaders, 'etag', etag, 'cache-control', 'private, no-cache'];
    if (isKnown(req.headers['if-none-match'], etag)) {
      res.writeHead(304, headers).end();
      return;
    }
    res.writeHead(200, [...headers, 'content-type', 'application/json; charset=utf-8']);
    res.end(text);
  };
}
