import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what the contract says is there
  body: any;
}

/** What a refusal says, in one line. */
export function refusal({ status, body }: Reply): string {
  const { code, message, fields } = body?.error ?? {};
  return `${status} ${code}: ${fields ? JSON.stringify(fields) : message}`;
}

export type SentHeaders = Record<string, string | string[]>;

/** One request as it is: headers may be doubled, nothing is normalised. */
export function call(
  url: string,
  options: { method?: string; headers?: SentHeaders; json?: unknown; raw?: string | Buffer } = {},
): Promise<Reply> {
  const { method = 'GET', headers = {}, json, raw } = options;
  const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { method, headers: { ...type, ...headers }, agent: false }, (incoming) => {
      text(incoming).then((answer) => {
        const { statusCode = 0, headers: received } = incoming;
        resolve({
          status: statusCode,
          headers: received,
          body: answer === '' ? undefined : JSON.parse(answer),
        });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export interface Stub {
  url: string;
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  /** What it answers from now on; an answer that is never ended hangs. */
  answer: (path: string, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A service of somebody else, answering what the test says. */
export async function stub(answer: Stub['answer']): Promise<Stub> {
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const { method = '', url = '', headers } = incoming;
      self.requests.push({ method, path: url, headers, body });
      self.answer(url, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: Stub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function text(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
