const STATUS = {
  unauthorized: 401,
  validation_error: 400,
  forbidden: 403,
  not_found: 404,
  service_unavailable: 503,
} as const;

/** An answer that is no success; anything else that is thrown becomes a `service_unavailable`. */
export class AuthError extends Error {
  readonly code: keyof typeof STATUS;

  constructor(code: keyof typeof STATUS, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'AuthError';
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
