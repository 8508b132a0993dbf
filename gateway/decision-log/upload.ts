import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Agent, request } from 'undici';
import type { Logger } from '../log.ts';
import { Delivery } from './delivery.ts';
import { Outbox, type Batch } from './outbox.ts';

const compress = promisify(gzip);

const BATCH_BYTES = 256 * 1024;
const GATHER_MS = 1000;
/** Said by a receiver about the upload itself: the same one would be refused again. */
const REFUSED_FOR_GOOD = new Set([400, 413, 415, 422]);

export interface UploadOptions {
  /** Base URL; `/logs` is added, as OPA does. */
  url: string;
  token: string | undefined;
  bufferBytes: number;
  /** Of one upload. */
  timeoutMs?: number;
  log: Logger;
}

const LINE_END = 0x0a;

/** Lines as one JSON array: within JSON no line ends but between lines. */
function arrayOf(lines: Buffer): Buffer {
  const array = Buffer.concat([Buffer.from('['), lines]);
  for (let at = array.indexOf(LINE_END); at !== -1; at = array.indexOf(LINE_END, at + 1))
    array.write(',', at);
  array.write(']', array.length - 1);
  return array;
}

/**
 * Uploads decisions as OPA does: a gzipped JSON array of events, posted to `<url>/logs`. An upload whose answer was
 * lost is sent again, so the receiver may see a decision twice, under one `decision_id`.
 */
export function openUpload({ url, token, bufferBytes, timeoutMs = 10_000, log }: UploadOptions): {
  delivery: Delivery;
  end: () => Promise<void>;
} {
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/$/, '')}/logs`;
  const dispatcher = new Agent({ connections: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const outbox = new Outbox({ batchBytes: BATCH_BYTES, bufferBytes });
  const headers = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    ...(token && { authorization: `Bearer ${token}` }),
  };

  async function deliver({ page }: Batch, stopped: AbortSignal): Promise<'written' | 'refused'> {
    const body = await compress(arrayOf(page.bytes));
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
    const answer = await request(target, { method: 'POST', dispatcher, headers, body, signal });
    await answer.body.dump();
    const { statusCode } = answer;
    if (statusCode >= 200 && statusCode < 300) return 'written';
    if (!REFUSED_FOR_GOOD.has(statusCode)) throw new Error(`the receiver answered ${statusCode}`);
    log.error({ sink: target.origin, status: statusCode }, 'the receiver refuses decisions for good');
    return 'refused';
  }

  const delivery = new Delivery({ name: target.origin, outbox, deliver, gatherMs: GATHER_MS, log });
  return { delivery, end: () => dispatcher.destroy() };
}
