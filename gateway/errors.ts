import type { Reason, Remedy } from '../policies/contract.ts';

/** The error contract: every code a client may see, with its status. */
const STATUS = {
  unauthorized: 401,
  validation_error: 400,
  forbidden: 403,
  not_found: 404,
  request_timeout: 408,
  payload_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  expectation_failed: 417,
  headers_too_large: 431,
  service_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

export interface RefusalOptions {
  reasons?: Reason[];
  /** What would make it allowed, as far as the caller may see it. */
  remedies?: Remedy[];
  /** Closes the connection: the request's framing or body can no longer be trusted. */
  close?: boolean;
  /** Seconds, sent as `Retry-After`. */
  retryAfter?: number;
  cause?: unknown;
}

/** An answer the gateway gives in a backend's place. `message` is for the client; `cause` only for the log. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly reasons: Reason[];
  readonly remedies: Remedy[];
  readonly close: boolean;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: RefusalOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.status = STATUS[code];
    this.reasons = options.reasons ?? [];
    this.remedies = options.remedies ?? [];
    this.close = options.close ?? false;
    this.retryAfter = options.retryAfter ?? (code === 'service_unavailable' ? 1 : undefined);
  }
}

export const unauthorized = (message: string, cause?: unknown) =>
  new Refusal('unauthorized', message, { cause });
export const invalid = (message: string, options?: RefusalOptions) =>
  new Refusal('validation_error', message, options);
export const unavailable = (message: string, cause?: unknown) =>
  new Refusal('service_unavailable', message, { cause });

/** The one envelope of domain.md, as the bytes that go out. */
export function envelope(refusal: Refusal, ids: { requestId: string; decisionId?: string }): string {
  const { code, message, reasons, remedies } = refusal;
  return JSON.stringify({
    success: false,
    error: { code, message, ...ids, ...(code === 'forbidden' && { reasons, remedies }) },
  });
}
