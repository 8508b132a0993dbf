import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { invalid, Refusal } from '../errors.ts';
import { listed } from './listed.ts';

/** More header lines than any honest client sends; Node itself would drop lines silently past 2,000. */
const MAX_HEADER_LINES = 200;

/**
 * The headers the gateway itself reads, counted on the raw lines: Node joins two `x-org` into one and drops a
 * second `authorization`. `null` means the header came more than once.
 */
export interface Head {
  authorization: string | undefined | null;
  org: string | undefined | null;
  onBehalfOf: string | undefined | null;
  minVersion: string | undefined | null;
  /** Header names the client declared hop-by-hop, lower case. */
  connection: string[];
}

/**
 * Reads the raw header lines once.
 * @throws Refusal 400 (and close) where the framing is in doubt, 431 for too many lines
 */
export function readHead(raw: string[], httpVersion: string): Head {
  if (raw.length > MAX_HEADER_LINES * 2) {
    throw new Refusal('headers_too_large', 'too many header lines', { close: true });
  }
  const head: Head = {
    authorization: undefined,
    org: undefined,
    onBehalfOf: undefined,
    minVersion: undefined,
    connection: [],
  };
  let hosts = 0;
  let encodings = 0;
  let lengths = 0;
  const once = (seen: string | undefined | null, value: string) => (seen === undefined ? value : null);

  for (let i = 0; i < raw.length; i += 2) {
    const value = raw[i + 1]!;
    switch (raw[i]!.toLowerCase()) {
      case 'authorization':
        head.authorization = once(head.authorization, value);
        break;
      case 'x-org':
        head.org = once(head.org, value);
        break;
      case 'x-kisum-on-behalf-of':
        head.onBehalfOf = once(head.onBehalfOf, value);
        break;
      case 'x-kisum-min-version':
        head.minVersion = once(head.minVersion, value);
        break;
      case 'connection':
        head.connection.push(...listed(value.toLowerCase()));
        break;
      case 'host':
        hosts += 1;
        break;
      case 'content-length':
        lengths += 1;
        break;
      case 'transfer-encoding':
        encodings += value.trim().toLowerCase() === 'chunked' ? 1 : 2;
        break;
    }
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw ambiguous('the HTTP version is not 1.0 or 1.1');
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1'))
    throw ambiguous('exactly one Host header is needed');
  if (encodings > 1 || lengths > 1 || (encodings > 0 && lengths > 0)) {
    throw ambiguous('the length of the body is ambiguous');
  }
  return head;
}

export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether the framing is beyond doubt, for what the gateway answers without judging it. */
export function hasSoundHead({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  try {
    readHead(rawHeaders, httpVersion);
    return true;
  } catch {
    return false;
  }
}

const ambiguous = (message: string) => invalid(message, { close: true });
