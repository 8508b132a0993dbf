import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { asModuleError, envelopeOf } from './rescue.ts';
import type { KitContext } from './state.ts';

/** One Server-Sent Event. `id` and `event` are one line each; `data` may have many. */
export interface ServerEvent {
  id?: string;
  event?: string;
  data: string;
}

export interface SendOptions {
  status: number;
  /** Of the client; a source that waits for something should listen to it as well. */
  signal: AbortSignal;
  /** Between two comments that keep a quiet stream from being taken for a dead one. */
  heartbeatMs: number;
}

const BREAK = /\r\n|[\r\n]/;

/**
 * Sends events one by one at the client's pace, until there are no more or the client goes away. What fails on the way
 * is told as a last event `error`: its data is the envelope of an error answer.
 */
export async function sendEvents(
  ctx: KitContext,
  events: AsyncIterable<ServerEvent>,
  { status, signal, heartbeatMs }: SendOptions,
): Promise<void> {
  const { res } = ctx;
  // Koa would pipe, and the request's log line would be written before its end.
  ctx.respond = false;
  ctx.status = status;
  ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  // A write that meets a closed socket is an event nobody else listens to.
  res.on('error', () => {});
  res.flushHeaders();
  const heart = setInterval(() => void (res.writableNeedDrain || res.write(':\n\n')), heartbeatMs);
  try {
    if (ctx.method !== 'HEAD') await pump(res, events, signal);
  } catch (thrown) {
    if (!signal.aborted) {
      const failure = (ctx.state.failure = asModuleError(thrown));
      res.write(frame({ event: 'error', data: JSON.stringify(envelopeOf(failure, ctx.state.requestId)) }));
    }
  } finally {
    clearInterval(heart);
    if (signal.aborted) ctx.state.clientGone = true;
    res.end();
  }
}

async function pump(
  res: ServerResponse,
  events: AsyncIterable<ServerEvent>,
  signal: AbortSignal,
): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await unlessAborted(iterator.next(), signal);
      if (step.done) return;
      if (!res.write(frame(step.value))) await once(res, 'drain', { signal });
    }
  } finally {
    // Not awaited: a source that waits for something would keep the request from ending.
    iterator.return?.().catch(() => {});
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop!: () => void;
  const aborted = new Promise<never>((_, reject) => (stop = () => reject(new Error('the client left'))));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** An event as it is written: no line of its data can pass for another field. */
export function frame({ id, event, data }: ServerEvent): string {
  const lines = data.split(BREAK).map((line) => `data: ${line}`);
  return [...field('id', id), ...field('event', event), ...lines, '', ''].join('\n');
}

function field(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  if (/[\r\n\0]/.test(value)) throw new Error(`the ${name} of an event is one line`);
  return [`${name}: ${value}`];
}
