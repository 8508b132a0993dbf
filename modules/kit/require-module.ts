import { forbidden } from './errors.ts';
import { required, type Step } from './state.ts';

/** Fourth step: the user may enter this module. 403 otherwise. */
export function requireModule(key: string): Step {
  return async (ctx, next) => {
    if (!required(ctx, 'access').modules.has(key)) throw forbidden(`no access to module: ${key}`);
    await next();
  };
}
