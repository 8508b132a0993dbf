import Router from '@koa/router';
import Koa from 'koa';
import { answerHealth, answerJson, answerReadiness, readiness } from './health.ts';
import type { Parts } from './parts.ts';
import type { Door, Doors } from './pipeline.ts';
import { Exchange } from './request/exchange.ts';
import { hasSoundHead } from './request/head.ts';

/** Only these are matched by Koa, which would read an absolute target or a fragment leniently. */
const OWN_TARGET = /^\/(?!api\/)[\w./-]*(?:\?[^#]*)?$/;

/** The main listener: module routes first, the gateway's own endpoints, and the same judgement for anything else. */
export function createApp(parts: Parts, doors: Doors): Koa {
  const app = new Koa();
  app.on('error', (err: unknown) => parts.log.error({ err }, 'an own endpoint failed'));
  const http = enter(doors.http);
  const isOwn = ({ req }: Koa.Context) => OWN_TARGET.test(req.url!) || parts.cors.isPreflight(req);
  app.use((context, next) => (isOwn(context) && hasSoundHead(context.req) ? next() : http(context)));
  app.use(answerPreflights(parts));
  app.use(ownEndpoints(parts, doors).routes());
  app.use(http);
  return app;
}

/** The admin listener: never reachable from outside. */
export function createAdminApp(parts: Parts): Koa {
  const router = healthEndpoints(parts);
  router.get('/metrics', async (context) => {
    context.type = parts.metrics.registry.contentType;
    context.body = await parts.metrics.registry.metrics();
  });
  const app = new Koa();
  app.use(router.routes());
  return app;
}

function ownEndpoints(parts: Parts, doors: Doors): Router {
  const router = healthEndpoints(parts);
  router.get('/.well-known/gateway-jwks.json', (context) => {
    context.respond = false;
    answerJson(context.res, 200, parts.issuer.jwks);
  });
  router.post('/access/ticket', enter(doors.ticket));
  router.get('/openapi.json', enter(doors.openapi));
  router.get('/access/me', enter(doors.access));
  router.get('/access/me/stream', enter(doors.accessStream));
  return router;
}

function healthEndpoints(parts: Parts): Router {
  const router = new Router({ sensitive: true, strict: true });
  router.get('/healthz', (context) => {
    context.respond = false;
    answerHealth(context.res);
  });
  router.get('/readyz', (context) => {
    context.respond = false;
    answerReadiness(context.res, readiness(parts));
  });
  return router;
}

/** Hands a request to a door, which writes the answer itself: Koa must not. */
function enter(door: Door): (context: Koa.Context) => Promise<void> {
  return (context) => {
    context.respond = false;
    return door(new Exchange(context.req, context.res));
  };
}

function answerPreflights({ cors, catalogs }: Parts): Koa.Middleware {
  return (context, next) => {
    if (!cors.isPreflight(context.req)) return next();
    context.respond = false;
    const declared = catalogs.loaded ? catalogs.current.declaredHeaders : new Set<string>();
    cors.answerPreflight(context.req, context.res, declared);
    return Promise.resolve();
  };
}
