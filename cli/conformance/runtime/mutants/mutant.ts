import type { ModuleApp } from '../../../../modules/kit/app.ts';
import type { ModuleDefinition } from '../../../../modules/kit/define-module.ts';
import type { ModuleHost } from '../../../../modules/kit/host.ts';
import type { KitContext, Step } from '../../../../modules/kit/state.ts';
import { assemble, type Chain, type Fault } from './assemble.ts';
import { reference } from './reference.ts';

/** A module that is wrong in one thing, and the probe that must find it. */
export interface Mutant {
  name: string;
  rule: string;
  definition: ModuleDefinition;
  app: (definition: ModuleDefinition, host: ModuleHost) => ModuleApp;
}

export function mutant(rule: string, name: string, fault: Fault, definition = reference()): Mutant {
  return { name, rule, definition, app: (served, host) => assemble(served, host, fault) };
}

/** One step of every chain replaced. */
export function step(name: keyof Chain, wrong: (right: Step, permission: string) => Step): Fault {
  return {
    chain: (right, { route }) => Object.values({ ...right, [name]: wrong(right[name], route.permission!) }),
  };
}

export function without(name: keyof Chain): Fault {
  return step(name, () => (_, next) => next());
}

export function first(work: (ctx: KitContext, host: ModuleHost) => void | Promise<void>): Fault {
  return {
    first: (host) => async (ctx, next) => {
      await work(ctx, host);
      await next();
    },
  };
}
