import { turns } from '../in-turns.ts';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** Header names and values as they are sent; a name may come twice. */
export type Headers = [name: string, value: string][];

export interface Sent {
  method: string;
  /** Sent as it is: nothing is normalised. */
  path: string;
  headers: Headers;
  body?: string | undefined;
}

export interface Exchange {
  sent: Sent;
  /** 0 when no answer came: then `text` says why. */
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** `undefined` for what is no JSON. */
  json: unknown;
}

/** Of a stream, the head and what fits into this. */
const MAX_CHARS = 256 * 1024;

/** The time of a request begins when it is sent, not when it waits for its turn. */
const AT_ONCE = 24;

export interface Client {
  send(sent: Sent): Promise<Exchange>;
  close(): void;
}

/** @param deadlineMs for one exchange; what is later counts as no answer */
export function client(url: string, deadlineMs: number): Client {
  const { hostname, port, host } = new URL(url);
  // Each on a connection of its own: one that is kept may be closed by the service at the moment it is used again.
  const agent = new Agent({ maxSockets: AT_ONCE });
  const turn = turns(AT_ONCE);
  const exchange = (sent: Sent): Promise<Exchange> =>
    new Promise((resolve) => {
      const { method, path, headers, body } = sent;
      const length: Headers = body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))]];
      const flat = ([['host', host], ...headers, ...length] as Headers).flat();
      const end = (status: number, text: string, received: IncomingHttpHeaders = {}): void => {
        clearTimeout(timer);
        resolve({ sent, status, headers: received, text, json: parsed(text) });
      };
      const outgoing = request(
        { hostname, port, method, path, headers: flat as never, agent },
        (incoming) => {
          const { statusCode = 0, headers: received } = incoming;
          let text = '';
          const finish = (): void => end(statusCode, text, received);
          incoming.setEncoding('utf8');
          incoming.on('data', (chunk: string) => {
            text += chunk;
            if (text.length > MAX_CHARS) outgoing.destroy();
          });
          incoming.on('close', finish);
          // A stream has no end to wait for.
          if (received['content-type']?.startsWith('text/event-stream')) outgoing.destroy();
        },
      );
      const timer = setTimeout(
        () => outgoing.destroy(new Error(`no answer within ${deadlineMs} ms`)),
        deadlineMs,
      );
      outgoing.on('error', (error) => end(0, error.message));
      outgoing.end(body);
    });
  const send: Client['send'] = (sent) => turn(() => exchange(sent));
  return { send, close: () => agent.destroy() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
