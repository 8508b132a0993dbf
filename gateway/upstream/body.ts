import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import { Refusal } from '../errors.ts';

/** Largest request body passed on. Modules set their own, smaller limits. */
const MAX_BODY_BYTES = 1024 ** 3;

const tooLarge = () => new Refusal('payload_too_large', 'the body is too large', { close: true });

/**
 * The request's body as a stream that ends in a 413 past the limit; nothing when there is none.
 * @throws Refusal 413 at once for a declared length over the limit
 */
export function cappedBody(req: IncomingMessage, maxBytes = MAX_BODY_BYTES): Readable | undefined {
  const length = req.headers['content-length'];
  if (length !== undefined) {
    if (Number(length) > maxBytes) throw tooLarge();
    return Number(length) > 0 ? req : undefined;
  }
  if (req.headers['transfer-encoding'] === undefined) return undefined;
  let seen = 0;
  const cap = new Transform({
    transform(chunk: Buffer, _, done) {
      seen += chunk.length;
      done(seen > maxBytes ? tooLarge() : null, chunk);
    },
  });
  return req.on('error', (error) => cap.destroy(error)).pipe(cap);
}
