import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import type { Database } from '../platform/database/database.ts';
import { createAdminApp, createApp } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { Leases } from './leases/leases.ts';
import type { Logger } from './log.ts';
import { buildParts, closeParts, openParts } from './parts.ts';
import { buildDoors } from './pipeline.ts';
import type { Exchange } from './request/exchange.ts';
import { createGatewayServer } from './server.ts';

/** A running gateway. */
export interface Gateway {
  url: string;
  adminUrl: string;
  /** Resolves when the newest catalog was read, whether it was taken or refused. */
  catalogIsCurrent(): Promise<void>;
  /** Resolves when the policy and the candidate in the shadow were looked at, whether something new was taken or not. */
  policyIsCurrent(): Promise<void>;
  /** Resolves when every version that rose until now was heard of: the next request is judged by it. */
  changesAreHeard(): Promise<void>;
  /** Resolves when every decision made until now was tried to be written. */
  decisionsAreLogged(): Promise<void>;
  /** Refuses new requests, lets running ones finish within the time-out, then closes everything. */
  drain(): Promise<void>;
}

/** A port that is already taken. */
export class PortTaken extends Error {
  override name = 'PortTaken';
}

/**
 * Starts the gateway. A database or Auth that is down does not keep it from starting: it is not ready until they are up.
 * @param db closed by the caller, after `drain`
 * @throws PortTaken, or the reason why the policy bundle is refused
 */
export async function startGateway(config: GatewayConfig, db: Database, log: Logger): Promise<Gateway> {
  const parts = await buildParts(config, db, log);
  const doors = buildDoors(parts);
  const leases = new Leases(parts, {
    leaseMs: config.ACCESS_LEASE_MS,
    proof: parts.auth ? undefined : parts.feed,
  });
  const server = createGatewayServer(listenerOf(createApp(parts, doors)), doors.websocket);
  const admin = createServer(listenerOf(createAdminApp(parts)));
  await openParts(parts);
  leases.start();
  const url = await listen(server, config.HOST, config.PORT, 'PORT');
  const adminUrl = await listen(admin, config.ADMIN_HOST, config.ADMIN_PORT, 'ADMIN_PORT');

  const drain = async () => {
    parts.lifecycle.draining = true;
    server.close();
    for (const { transfer } of parts.active) transfer?.finish?.();
    await settled(parts.active, config.DRAIN_TIMEOUT_MS);
    leases.stop();
    for (const { socket } of parts.active) socket.destroy();
    server.closeAllConnections();
    admin.close();
    admin.closeAllConnections();
    await closeParts(parts);
  };
  return {
    url,
    adminUrl,
    drain,
    catalogIsCurrent: () => parts.catalogs.reload(),
    policyIsCurrent: async () => {
      await parts.policies.poll();
      await parts.shadow?.poll();
    },
    decisionsAreLogged: async () => parts.decisionLog?.flush(),
    changesAreHeard: () => parts.feed.hear(),
  };
}

async function listen(server: Server, host: string, port: number, key: string): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new PortTaken(`port ${port} on ${host} is taken: stop what uses it, or set ${key} to another`, {
      cause,
    });
  }
  const { port: bound } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

/** Koa answers or reports every error itself, so the promise it gives Node needs no one to wait for it. */
function listenerOf(app: Koa): RequestListener {
  const handle = app.callback();
  return (req, res) => void handle(req, res);
}

/** Resolves when nothing is being served any more, or the time is up. */
async function settled(active: Set<Exchange>, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (active.size > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
