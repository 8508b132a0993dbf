import { Readable } from 'node:stream';
import type { Next } from 'koa';
import { invalid, ModuleError } from '../../../../modules/kit/errors.ts';
import type { AccessContext, KitContext, Step } from '../../../../modules/kit/state.ts';
import { claimsOf } from '../world/answers.ts';

/** The right step; when it refuses with this code, something else goes on instead. */
export function unless(right: Step, code: string, otherwise: (ctx: KitContext) => void): Step {
  return async (ctx, next) => {
    try {
      await right(ctx, nothing);
    } catch (error) {
      if (!(error instanceof ModuleError) || error.code !== code) throw error;
      otherwise(ctx);
    }
    await next();
  };
}

/** The right step, and then something more before the next. */
export function after(right: Step, more: (ctx: KitContext) => void): Step {
  return async (ctx, next: Next) => {
    await right(ctx, nothing);
    more(ctx);
    await next();
  };
}

export const nothing: Next = () => Promise.resolve();

/** What a token says of itself, believed. */
export function believed(ctx: KitContext): Record<string, unknown> {
  return claimsOf((ctx.get('authorization') || ctx.get('x-kisum-assertion')).replace(/^Bearer /i, ''));
}

export function identify(ctx: KitContext): void {
  const { sub } = believed(ctx);
  if (typeof sub !== 'string') throw new ModuleError('unauthorized', 'missing token');
  ctx.state.identity = { by: 'token', userId: sub, token: ctx.get('authorization').slice('Bearer '.length) };
}

export function everything(permission: string): AccessContext {
  return { role: null, modules: new Set(['reference']), permissions: new Set([permission]), units: null };
}

/** Answers the right step's access from a memory that never forgets. */
export function remembering(right: Step, keyOf: (ctx: KitContext) => string): Step {
  const known = new Map<string, AccessContext>();
  return async (ctx, next) => {
    const key = keyOf(ctx);
    const access = ctx.state.identity?.by === 'token' ? known.get(key) : undefined;
    if (access) ctx.state.access = access;
    else await right(ctx, nothing);
    if (ctx.state.access!.permissions.size > 0) known.set(key, ctx.state.access!);
    await next();
  };
}

/** Reads the body, and puts back what it read. */
export async function peek(ctx: KitContext): Promise<unknown> {
  const { req } = ctx;
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const { headers, rawHeaders, method, url } = req;
  ctx.req = Object.assign(Readable.from(chunks), {
    headers,
    rawHeaders,
    method,
    url,
  }) as unknown as typeof req;
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw invalid('the body is not JSON');
  }
}
