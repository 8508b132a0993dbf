import type { IncomingMessage } from 'node:http';
import { invalid, ModuleError } from './errors.ts';

const MAX_BYTES = 1024 * 1024;
const JSON_TYPE = /^application\/json *(?:; *charset="?utf-8"? *)?$/i;

/** The request's JSON. Throws 415 for another content type or encoding, 413 above 1 MB, 400 for what is not JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const {
    'content-type': type = '',
    'content-encoding': encoding = 'identity',
    'content-length': length,
  } = request.headers;
  if (!JSON_TYPE.test(type)) throw new ModuleError('unsupported_media_type', 'send application/json');
  if (encoding !== 'identity') throw new ModuleError('unsupported_media_type', 'send the body unencoded');
  if (Number(length ?? 0) > MAX_BYTES) throw tooLarge();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await collect(request))) as unknown;
  } catch (cause) {
    if (cause instanceof ModuleError) throw cause;
    throw new ModuleError('validation_error', 'the body is not whole, or not JSON', { cause });
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The socket must outlive an early end: the answer still goes out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  if (size === 0) throw invalid('the body is missing');
  return Buffer.concat(chunks);
}

function tooLarge(): ModuleError {
  return new ModuleError('payload_too_large', `the body is larger than ${MAX_BYTES} bytes`);
}
