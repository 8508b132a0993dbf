import { invalid } from '../errors.ts';
import { isKnown } from '../request/etag.ts';
import type { Step } from '../request/exchange.ts';
import type { AccessDocuments } from './access-document.ts';

/** An endpoint of the gateway's own, as the log and the metrics name it. */
export const called =
  (action: string): Step =>
  (exchange) =>
    void (exchange.action = action);

/** A module has no access of its own: it acts for a user, route by route. */
export const forPeople: Step = ({ subject }) => {
  if (subject?.kind !== 'user') throw invalid('access is told to users');
};

/** Answers with everything this user may do in this company. */
export function tellAccess(documents: AccessDocuments): Step {
  return ({ req, res, ownHeaders, access, catalog }) => {
    const { text, etag } = documents.of(access!, catalog);
    const headers = [...ownHeaders, 'etag', etag, 'cache-control', 'private, no-cache'];
    if (isKnown(req.headers['if-none-match'], etag)) {
      res.writeHead(304, headers).end();
      return;
    }
    const length = String(Buffer.byteLength(text));
    headers.push('content-type', 'application/json; charset=utf-8', 'content-length', length);
    res.writeHead(200, headers).end(text);
  };
}
