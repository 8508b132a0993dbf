import type { IncomingMessage, ServerResponse } from 'node:http';
import { listed } from './request/listed.ts';
import { isForwarded } from './upstream/headers.ts';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const EXPOSED = 'x-request-id, etag, retry-after, location';
const OWN_HEADERS = new Set(['authorization', 'x-org', 'x-request-id', 'x-kisum-min-version']);
const PREFLIGHT_MAX_AGE_S = '600';

/** Which web origins may call from a browser. Answered by the gateway alone; nothing of it reaches a module. */
export class Cors {
  readonly #origins: Set<string>;

  constructor(origins: string[]) {
    this.#origins = new Set(origins);
  }

  allows(origin: string | undefined): origin is string {
    return origin !== undefined && this.#origins.has(origin);
  }

  /** Response headers for any answer, flat names and values. `vary` always, so that no cache mixes origins. */
  headers(origin: string | undefined): string[] {
    if (this.#origins.size === 0) return [];
    if (!this.allows(origin)) return ['vary', 'origin'];
    return [
      'vary',
      'origin',
      'access-control-allow-origin',
      origin,
      'access-control-expose-headers',
      EXPOSED,
    ];
  }

  isPreflight({ method, headers }: IncomingMessage): boolean {
    return (
      method === 'OPTIONS' &&
      headers.origin !== undefined &&
      headers['access-control-request-method'] !== undefined
    );
  }

  /** Says what a browser may send, never whether a route exists. A foreign origin is told nothing. */
  answerPreflight({ headers }: IncomingMessage, res: ServerResponse, declared: Set<string>): void {
    const { origin } = headers;
    const answer = this.headers(origin);
    if (this.allows(origin)) {
      const asked = listed((headers['access-control-request-headers'] ?? '').toLowerCase());
      const allowed = asked.filter((name) => OWN_HEADERS.has(name) || isForwarded(name, [...declared]));
      answer.push(
        'access-control-allow-methods',
        METHODS,
        'access-control-allow-headers',
        allowed.join(', '),
        'access-control-max-age',
        PREFLIGHT_MAX_AGE_S,
      );
    }
    res.writeHead(204, answer).end();
  }
}
