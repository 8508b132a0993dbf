import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModuleApp } from './app.ts';

/** A module that answers. */
export interface Listening {
  url: string;
  /** Refuses new connections, lets what runs finish (at most `drainMs`), then closes. */
  close: (drainMs?: number) => Promise<void>;
}

/** Serves an app; port 0 takes a free one. Rejects when the port is taken (`cause.code` EADDRINUSE). */
export async function listen(app: ModuleApp, { host = '127.0.0.1', port = 0 } = {}): Promise<Listening> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, app.callback() as never);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`cannot listen on ${host}:${port}`, { cause })));
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${taken}`,
    close: (drainMs = 5000) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), drainMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
