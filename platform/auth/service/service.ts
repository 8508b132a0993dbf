import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa, { type Context, type Next } from 'koa';
import { AuthError } from './errors.ts';
import { single } from './headers.ts';
import { meAccess } from './me-access.ts';
import { moduleToken } from './module-token.ts';
import type { AuthServiceOptions } from './options.ts';

/** Stands in for the platform's Auth service in development. Throws in production. */
export function createAuthService(options: AuthServiceOptions): Koa {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error(
      "The local Auth service does not run in production: set AUTH_URL to the platform's Auth service.",
    );
  }
  const router = new Router({ strict: true, sensitive: true });
  router.get('/.well-known/jwks.json', async (ctx) => {
    ctx.body = await options.keys.jwks();
  });
  router.get('/auth/me/access', async (ctx) => {
    ctx.body = { success: true, data: await meAccess(ctx.req, options) };
  });
  router.post('/auth/service-token', async (ctx) => {
    ctx.body = { success: true, data: await moduleToken(ctx.req, options) };
  });
  const app = new Koa();
  app.use(rescue(options)).use(router.routes());
  app.use(() => {
    throw new AuthError('not_found', 'no such route');
  });
  return app;
}

/** The one place where an error becomes an answer. What is not understood is a 503, never an allow. */
function rescue(options: AuthServiceOptions) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const requestId = requestIdOf(ctx);
    ctx.set('x-request-id', requestId);
    ctx.set('cache-control', 'no-store');
    try {
      await next();
    } catch (thrown) {
      const known = thrown instanceof AuthError;
      if (!known) options.onError?.(thrown);
      const error = known
        ? thrown
        : new AuthError('service_unavailable', 'access cannot be determined', thrown);
      ctx.status = error.status;
      ctx.body = { success: false, error: { code: error.code, message: error.message, requestId } };
    }
  };
}

function requestIdOf({ req }: Context): string {
  const sent = single(req, 'x-request-id') ?? '';
  return /^[\w.-]{8,128}$/.test(sent) ? sent : randomUUID();
}

export interface RunningAuthService {
  url: string;
  close(): Promise<void>;
}

/** Resolves when it listens; rejects when it cannot. Port 0: any free one. */
export async function listenAuthService(
  app: Koa,
  at: { host: string; port: number },
): Promise<RunningAuthService> {
  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(at.port, at.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${at.host}:${port}`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
  });
}
