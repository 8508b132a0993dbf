import { Agent, request } from 'undici';
import { unavailable } from './errors.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;

const agent = new Agent({ maxResponseSize: MAX_ANSWER_BYTES, connect: { timeout: 2000 } });

export interface Question {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: unknown;
  /** For the whole exchange, the answer's last byte included. */
  timeoutMs?: number;
}

/** Asks another service for JSON. Throws `service_unavailable` when no answer can be had or read in time. */
export async function ask(url: string, question: Question = {}): Promise<{ status: number; body: unknown }> {
  const { method = 'GET', headers = {}, body, timeoutMs = 3000 } = question;
  const { origin, pathname } = new URL(url);
  try {
    const answer = await request(url, {
      method,
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        ...headers,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === '' ? undefined : JSON.parse(text) };
  } catch (cause) {
    throw unavailable(`no usable answer from ${origin}${pathname}`, cause);
  }
}
