import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of a test's own on a free loopback port. */
export interface TestServer {
  url: string;
  server: Server;
  close(): void;
}

export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a backend saw of a request. */
export interface Seen {
  method: string;
  url: string;
  /** Flat names and values as they came. */
  rawHeaders: string[];
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** A module backend that answers every request with what it saw of it. */
export function echo(seen: Seen[]): RequestListener {
  return (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { method = '', url = '', rawHeaders, headers } = req;
      const sight: Seen = { method, url, rawHeaders, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(sight);
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(sight));
    });
  };
}
