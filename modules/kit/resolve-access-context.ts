import type { AccessSource } from './auth-access.ts';
import { unavailable } from './errors.ts';
import { type AccessContext, type KitContext, required, type Step } from './state.ts';

/** Third step: what the user may do, as the gateway asserts it or Auth answers it. 503 when neither can be had. */
export function resolveAccessContext(module: string, fromAuth: AccessSource | undefined): Step {
  return async (ctx, next) => {
    ctx.state.access = await resolve(ctx, module, fromAuth);
    await next();
  };
}

async function resolve(
  ctx: KitContext,
  module: string,
  fromAuth: AccessSource | undefined,
): Promise<AccessContext> {
  const identity = required(ctx, 'identity');
  const company = required(ctx, 'company');
  if (identity.by === 'assertion') {
    const { role, permissions, units } = identity.claims;
    // Its audience, checked with its signature, is the one module it speaks of.
    return { role, modules: new Set([module]), permissions: new Set(permissions), units };
  }
  if (!fromAuth) throw unavailable('access cannot be determined: no Auth service is configured (AUTH_URL)');
  return fromAuth({ userId: identity.userId, company, token: identity.token });
}
