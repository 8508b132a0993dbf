import { listed } from '../request/listed.ts';

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

/** RFC 9110 §7.6.1, what a backend says of itself or to the gateway alone, and CORS, which is the gateway's. */
const NOT_RETURNED =
  /^(?:connection|keep-alive|proxy-authenticate|proxy-connection|te|trailer|transfer-encoding|upgrade|server|x-powered-by|x-request-id|x-kisum-.*|access-control-.*)$/;

/** Whether a client header may reach a module at all; `declared` are the route's own. */
export function isForwarded(name: string, declared: string[]): boolean {
  return passes(kindOf(name), declared);
}

const passes = ({ name, forwarded, forbidden }: Kind, declared: string[]) =>
  forwarded || (!forbidden && declared.includes(name));

/** What is known of a header by its name alone. */
interface Kind {
  name: string;
  /** By the allow-list, whatever the route declares. */
  forwarded: boolean;
  /** Whatever the route declares, not. */
  forbidden: boolean;
  returned: boolean;
}

/** Kinds by name as it was written. Clients choose the names, so only so many are remembered. */
const kinds = new Map<string, Kind>();
const REMEMBERED_KINDS = 1000;

function kindOf(written: string): Kind {
  const known = kinds.get(written);
  if (known) return known;
  const name = written.toLowerCase();
  const forbidden = NEVER.test(name);
  const forwarded = !forbidden && (ALLOWED.has(name) || ALLOWED_PREFIX.test(name));
  const kind = { name, forbidden, forwarded, returned: !NOT_RETURNED.test(name) };
  if (kinds.size < REMEMBERED_KINDS) kinds.set(written, kind);
  return kind;
}

/**
 * The request headers for the module: the client's by allow-list, without those it named in `Connection`.
 * @returns flat names and values, as undici takes them
 */
export function requestHeaders(raw: string[], connection: string[], declared: string[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const kind = kindOf(raw[i]!);
    if (passes(kind, declared) && !connection.includes(kind.name)) headers.push(kind.name, raw[i + 1]!);
  }
  return headers;
}

/**
 * The response headers for the client: everything but hop-by-hop, the backend's self-description and our own names.
 * @param raw flat names and values as undici received them
 */
export function responseHeaders(raw: readonly (Buffer | string)[]): string[] {
  const headers: string[] = [];
  let connection: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const { name, returned } = kindOf(raw[i]!.toString('latin1'));
    const value = raw[i + 1]!.toString('latin1');
    if (returned) headers.push(name, value);
    else if (name === 'connection') connection = connection.concat(listed(value.toLowerCase()));
  }
  return connection.length === 0 ? headers : withoutNames(headers, connection);
}

export function withoutNames(headers: string[], names: string[]): string[] {
  return headers.filter((_, i) => !names.includes(headers[i - (i % 2)]!));
}
