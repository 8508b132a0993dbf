import Router from '@koa/router';
import Koa from 'koa';
import type { ManifestRoute } from '../manifest/manifest.ts';
import { answerWith } from './answer.ts';
import { chainOf } from './chain.ts';
import type { ModuleDefinition } from './define-module.ts';
import { notFound } from './errors.ts';
import type { ModuleHost } from './host.ts';
import { moreLiteralFirst, parametersFit, routerPath } from './path.ts';
import { record } from './record.ts';
import { rescue } from './rescue.ts';
import type { KitState, Step } from './state.ts';
import { toolsOf } from './tools.ts';

export type ModuleApp = Koa<KitState>;

/** The module as a Koa app: every declared route behind the five middlewares, and nothing else. */
export function createModuleApp(definition: ModuleDefinition, host: ModuleHost): ModuleApp {
  const tools = toolsOf(definition, host);
  const chain = chainOf(definition, host);
  const router = new Router<KitState>({ strict: true, sensitive: true });
  const routes = definition.routes.toSorted((a, b) => moreLiteralFirst(a.route.path, b.route.path));
  for (const { route, handler } of routes) {
    const path = routerPath(route.path);
    router.register(
      path,
      [route.method],
      [place(route), ...chain(route), admit(route), answerWith(handler, tools)],
    );
  }

  const app = new Koa<KitState>();
  app.on('error', (err: unknown) => host.logger.error({ err }, 'answer not sent'));
  app.use(record(host.logger)).use(rescue).use(router.routes());
  return app.use(() => {
    throw notFound('no such route');
  });
}

function place(route: ManifestRoute): Step {
  return async (ctx, next) => {
    ctx.state.route = route;
    await next();
  };
}

/** The chain has passed; only now may the caller learn whether the address means anything. */
function admit({ path }: ManifestRoute): Step {
  return async (ctx, next) => {
    ctx.state.admitted = true;
    if (!parametersFit(path, (ctx as unknown as { params: Record<string, string> }).params)) throw notFound();
    await next();
  };
}
