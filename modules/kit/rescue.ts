import { type ErrorCode, type FieldFaults, ModuleError, STATUS } from './errors.ts';
import type { Step } from './state.ts';

/** What an error answer says. */
export interface ErrorEnvelope {
  success: false;
  error: { code: ErrorCode; message: string; requestId: string; fields?: FieldFaults };
}

/** The one place where an error becomes an answer. Sets what `record` tells of it. */
export const rescue: Step = async (ctx, next) => {
  try {
    await next();
  } catch (thrown) {
    const error = asModuleError(thrown);
    ctx.state.failure = error;
    ctx.status = STATUS[error.code];
    if (error.code === 'unauthorized') ctx.set('www-authenticate', 'Bearer');
    if (error.code === 'service_unavailable') ctx.set('retry-after', '1');
    if (error.code === 'payload_too_large') ctx.set('connection', 'close');
    ctx.body = envelopeOf(error, ctx.state.requestId);
  }
};

export function envelopeOf({ code, message, fields }: ModuleError, requestId: string): ErrorEnvelope {
  return { success: false, error: { code, message, requestId, ...(fields && { fields }) } };
}

/** What nobody foresaw tells the client nothing; the log has its cause. */
export function asModuleError(thrown: unknown): ModuleError {
  return thrown instanceof ModuleError
    ? thrown
    : new ModuleError('internal_error', 'the module failed', { cause: thrown });
}
