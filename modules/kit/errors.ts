/** Every code a module answers with, and its status. */
export const STATUS = {
  unauthorized: 401,
  validation_error: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  internal_error: 500,
  service_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** Field name → what is wrong with it. */
export type FieldFaults = Record<string, string>;

/** An answer that is an error: `code` names the status, `message` is what the client reads. */
export class ModuleError extends Error {
  override name = 'ModuleError';
  readonly code: ErrorCode;
  readonly fields: FieldFaults | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; fields?: FieldFaults } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.fields = options.fields;
  }
}

export function unauthorized(message: string, cause?: unknown): ModuleError {
  return new ModuleError('unauthorized', message, { cause });
}

export function invalid(message: string, fields?: FieldFaults): ModuleError {
  return new ModuleError('validation_error', message, fields ? { fields } : {});
}

export function forbidden(message: string): ModuleError {
  return new ModuleError('forbidden', message);
}

export function notFound(message = 'not found'): ModuleError {
  return new ModuleError('not_found', message);
}

export function conflict(message: string): ModuleError {
  return new ModuleError('conflict', message);
}

export function unavailable(message: string, cause?: unknown): ModuleError {
  return new ModuleError('service_unavailable', message, { cause });
}
