/** Client headers a module may see, beside those its route declares. Anything else is left out, not judged. */
const ALLOWED = new Set([
  'range',
  'idempotency-key',
  'traceparent',
  'tracestate',
  'last-event-id',
  'user-agent',
]);
const ALLOWED_PREFIX = /^(?:accept|content-|if-|mcp-)/;
/** The gateway's own words and the ways to smuggle an identity: no route can declare these. */
const NEVER =
  /_|^(?:cookie2?|authorization|host|expect|forwarded|upgrade|te|trailer|transfer-encoding|keep-alive|connection|proxy-.*|x-forwarded-.*|x-kisum-.*|x-org|x-user-.*|x-request-id|x-decision-id)$/;

/** RFC 9110 §7.6.1, and what a backend says of itself or to the gateway alone. */
const NOT_RETURNED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'server',
  'x-powered-by',
  'x-request-id',
]);

/** Whether a client header may reach a module at all; `declared` are the route's own. */
export function isForwarded(name: string, declared: string[]): boolean {
  if (NEVER.test(name)) return false;
  return ALLOWED.has(name) || ALLOWED_PREFIX.test(name) || declared.includes(name);
}

/**
 * The request headers for the module: the client's by allow-list, without those it named in `Connection`.
 * @returns flat names and values, as undici takes them
 */
export function requestHeaders(raw: string[], connection: string[], declared: string[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (isForwarded(name, declared) && !connection.includes(name)) headers.push(name, raw[i + 1]!);
  }
  return headers;
}

/**
 * The response headers for the client: everything but hop-by-hop, the backend's self-description and our own names.
 * CORS is the gateway's alone.
 * @param raw flat names and values as undici received them
 */
export function responseHeaders(raw: readonly (Buffer | string)[]): string[] {
  const headers: string[] = [];
  const connection: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1').toLowerCase();
    const value = raw[i + 1]!.toString('latin1');
    if (name === 'connection')
      connection.push(
        ...value
          .toLowerCase()
          .split(',')
          .map((it) => it.trim()),
      );
    if (isReturned(name)) headers.push(name, value);
  }
  return connection.length === 0 ? headers : withoutNames(headers, connection);
}

const isReturned = (name: string) =>
  !NOT_RETURNED.has(name) && !name.startsWith('x-kisum-') && !name.startsWith('access-control-');

export function withoutNames(headers: string[], names: string[]): string[] {
  return headers.filter((_, i) => !names.includes(headers[i - (i % 2)]!));
}
