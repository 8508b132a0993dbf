import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What every contestant is told when it starts; it answers with its URL. */
export interface Job {
  backend: string;
  jwksUrl: string;
  /** Only the gateway: every decision is evaluated, none is remembered. */
  evaluated?: boolean;
  /** Only the gateway: environment over that of the demo. */
  env?: Record<string, string>;
}

export interface Ready {
  url: string;
}

export async function listen(server: Server): Promise<string> {
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
