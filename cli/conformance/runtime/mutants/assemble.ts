import Router from '@koa/router';
import Koa from 'koa';
import { answerWith } from '../../../../modules/kit/answer.ts';
import type { ModuleApp } from '../../../../modules/kit/app.ts';
import { chainOf } from '../../../../modules/kit/chain.ts';
import type { ModuleDefinition } from '../../../../modules/kit/define-module.ts';
import { notFound } from '../../../../modules/kit/errors.ts';
import type { Handler } from '../../../../modules/kit/handler.ts';
import type { ModuleHost } from '../../../../modules/kit/host.ts';
import { parametersFit, routerPath } from '../../../../modules/kit/path.ts';
import { record } from '../../../../modules/kit/record.ts';
import { rescue } from '../../../../modules/kit/rescue.ts';
import type { KitState, Step } from '../../../../modules/kit/state.ts';
import { toolsOf } from '../../../../modules/kit/tools.ts';
import type { ManifestRoute } from '../../../../modules/manifest/manifest.ts';

/** The five steps of a route by their names, in their order. */
export interface Chain {
  validateJwt: Step;
  requireCompanyContext: Step;
  resolveAccessContext: Step;
  requireModule: Step;
  requirePermission: Step;
}

/** Where an app is made wrong; what is absent stays as the kit makes it. */
export interface Fault {
  record?: (right: Step, host: ModuleHost) => Step;
  /** Before the router. */
  first?: (host: ModuleHost) => Step;
  chain?: (right: Chain, at: { route: ManifestRoute; handler: Handler }) => Step[];
  routes?: (router: Router<KitState>) => void;
}

/** The kit's `createModuleApp` once more, open where the kit is closed: only what is wrong on purpose is built so. */
export function assemble(definition: ModuleDefinition, host: ModuleHost, fault: Fault): ModuleApp {
  const tools = toolsOf(definition, host);
  const chain = chainOf(definition, host);
  const router = new Router<KitState>({ strict: true, sensitive: true });
  for (const { route, handler } of definition.routes) {
    const right = named(chain(route));
    const steps = fault.chain ? fault.chain(right, { route, handler }) : Object.values(right as object);
    const place: Step = async (ctx, next) => {
      ctx.state.route = route;
      await next();
    };
    const admit: Step = async (ctx, next) => {
      ctx.state.admitted = true;
      const { params } = ctx as unknown as { params: Record<string, string> };
      if (!parametersFit(route.path, params)) throw notFound();
      await next();
    };
    router.register(
      routerPath(route.path),
      [route.method],
      [place, ...(steps as Step[]), admit, answerWith(handler, tools)],
    );
  }
  fault.routes?.(router);
  const app = new Koa<KitState>();
  const line = record(host.logger);
  app.use(fault.record ? fault.record(line, host) : line).use(rescue);
  if (fault.first) app.use(fault.first(host));
  app.use(router.routes());
  return app.use(() => {
    throw notFound('no such route');
  });
}

function named([
  validateJwt,
  requireCompanyContext,
  resolveAccessContext,
  requireModule,
  requirePermission,
]: Step[]): Chain {
  return {
    validateJwt: validateJwt!,
    requireCompanyContext: requireCompanyContext!,
    resolveAccessContext: resolveAccessContext!,
    requireModule: requireModule!,
    requirePermission: requirePermission!,
  };
}
