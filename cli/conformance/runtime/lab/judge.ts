import { STATUS } from '../../../../modules/kit/errors.ts';
import type { Exchange } from './http.ts';

const CODES = new Map<number, string>(Object.entries(STATUS).map(([code, status]) => [status, code]));

/** What is wrong with an answer that should be a refusal with one of these statuses, and in the error contract. */
export function refused(...statuses: number[]): (exchange: Exchange) => string | undefined {
  return (exchange) =>
    statuses.includes(exchange.status)
      ? envelopeFault(exchange)
      : expectation(statuses.join(' or '), exchange);
}

export function expectation(expected: string, { status, text, json }: Exchange): string {
  return `expected ${expected}, got ${status === 0 ? `no answer (${text})` : `${status}${said(json)}`}`;
}

/** An error's own words. */
export function said(json: unknown): string {
  const { message, fields = {} } =
    (json as { error?: { message?: unknown; fields?: object } } | undefined)?.error ?? {};
  if (typeof message !== 'string') return '';
  return ` (${[message, ...Object.entries(fields).map(([name, fault]) => `${name} ${String(fault)}`)].join('; ')})`;
}

/** `{ success: false, error: { code, message, requestId } }`, and the headers that belong to the status. */
export function envelopeFault({ sent, status, headers, json }: Exchange): string | undefined {
  if (status === 401 && headers['www-authenticate'] === undefined) return '401 without www-authenticate';
  if (status === 503 && headers['retry-after'] === undefined) return '503 without retry-after';
  const code = CODES.get(status);
  if (sent.method === 'HEAD' || code === undefined) return undefined;
  const { success, error } = (json ?? {}) as { success?: unknown; error?: Record<string, unknown> };
  if (success !== false || typeof error !== 'object') return `${status} without the error envelope`;
  if (error['code'] !== code) return `${status} with code ${JSON.stringify(error['code'])}, not ${code}`;
  if (typeof error['message'] !== 'string' || error['message'] === '') return `${status} without a message`;
  const [, requestId] = sent.headers.find(([name]) => name === 'x-request-id') ?? [];
  if (error['requestId'] !== requestId) return `${status} without the request id it was asked with`;
  return undefined;
}

export function isSuccess({ status }: Exchange): boolean {
  return status >= 200 && status < 300;
}
