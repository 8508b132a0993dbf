import { forbidden } from './errors.ts';
import { required, type Step } from './state.ts';

/** Last step: the user may do this. 403 otherwise. */
export function requirePermission(key: string): Step {
  return async (ctx, next) => {
    if (!required(ctx, 'access').permissions.has(key)) throw forbidden(`missing permission: ${key}`);
    await next();
  };
}
