import { ModuleError, STATUS } from './errors.ts';
import type { Step } from './state.ts';

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
    ctx.body = {
      success: false,
      error: {
        code: error.code,
        message: error.message,
        requestId: ctx.state.requestId,
        ...(error.fields && { fields: error.fields }),
      },
    };
  }
};

/** What nobody foresaw tells the client nothing; the log has its cause. */
function asModuleError(thrown: unknown): ModuleError {
  return thrown instanceof ModuleError
    ? thrown
    : new ModuleError('internal_error', 'the module failed', { cause: thrown });
}
