import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { serve, type TestServer } from '../../test/support/servers.ts';
import { grantAgain, requestOf, revoke } from '../../test/support/revocation.ts';
import type { Victims } from '../../test/support/faults.ts';
import type { Samples } from './figures.ts';

/** Open at each gateway when the right behind them is revoked. */
const EACH = 5;
/** Most that p99 may be. */
export const MOST_CUT_MS = 1000;

export interface Cuts {
  /** By socket: ms from the acknowledged commit to its end at the client. */
  samples: Samples;
  /** How often each `code reason` ended one. */
  goodbyes: Record<string, number>;
}

/** A module backend that answers requests and keeps WebSockets open. */
export async function serveSockets(): Promise<TestServer> {
  const backend = await serve((_, res) => res.end('{"success":true}'));
  new WebSocketServer({ server: backend.server });
  return backend;
}

/** Revokes so many times what WebSockets at every gateway were opened by. */
export async function measureCuts(victims: Victims, times: number): Promise<Cuts> {
  const cuts: Cuts = { samples: [], goodbyes: {} };
  const { path, headers } = await requestOf(victims);
  const urls = victims.fleet.members.flatMap(({ url }) => Array<string>(EACH).fill(url));
  for (let time = 0; time < times; time += 1) {
    const sockets = await Promise.all(
      urls.map((url) => openSocket(url.replace('http', 'ws') + path, headers)),
    );
    const ends = sockets.map(async (socket) => {
      const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
      return { at: performance.now(), goodbye: `${code} ${String(reason)}` };
    });
    await revoke(victims);
    const commit = performance.now();
    for (const { at, goodbye } of await Promise.all(ends)) {
      cuts.samples.push(Math.max(0, at - commit));
      cuts.goodbyes[goodbye] = (cuts.goodbyes[goodbye] ?? 0) + 1;
    }
    await grantAgain(victims);
  }
  return cuts;
}

/** Again and again until it opens: the grant is only just given. */
async function openSocket(url: string, headers: Record<string, string>): Promise<WebSocket> {
  for (;;) {
    const socket = new WebSocket(url, { headers });
    const opened = await once(socket, 'open').then(
      () => true,
      () => false,
    );
    if (opened) return socket;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
