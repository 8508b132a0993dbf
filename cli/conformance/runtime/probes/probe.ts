import type { Exchange } from '../lab/http.ts';
import type { Lab } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';

/** One thing that was tried, and what was wrong with the answer. */
export interface Trial {
  what: string;
  fault: string | undefined;
  exchange?: Exchange;
}

/** What was tried; why it could not be; or `undefined` where there is nothing to try. */
export type Examined = Trial[] | { why: string } | undefined;

export interface RouteProbe {
  rule: string;
  run(lab: Lab, route: ProbedRoute): Examined | Promise<Examined>;
}

export async function trial(
  what: string,
  exchange: Promise<Exchange>,
  judge: (exchange: Exchange) => string | undefined,
): Promise<Trial> {
  const answered = await exchange;
  return { what, fault: judge(answered), exchange: answered };
}

/** For routes that ask for a company, a module and a permission; the others have nothing of it to probe. */
export function onModuleRoutes(run: RouteProbe['run']): RouteProbe['run'] {
  return (lab, route) => (route.access === 'module' ? run(lab, route) : undefined);
}

/** Auth is not asked on behalf of somebody who has proved nothing. */
export function notAsked({ world }: Lab, userId: string): Trial {
  const asked = world.calls.some((call) => call.userId === userId);
  return { what: 'afterwards', fault: asked ? 'Auth was asked nevertheless' : undefined };
}
