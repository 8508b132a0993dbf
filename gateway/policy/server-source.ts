import { request } from 'undici';
import { LIMITS } from '../../policies/engine/archive-files.ts';
import { unpackArchive } from '../../policies/engine/archive.ts';
import { bytesCapped } from '../request/read-capped.ts';
import type { Found, PolicySource } from './source.ts';

const TIMEOUT_MS = 10_000;
const MAX_TAG_CHARACTERS = 1024;

/** A bundle server, asked with the ETag of what is in force. It is not followed to another address. */
export class ServerSource implements PolicySource {
  readonly name: string;
  readonly isServer = true;
  readonly #url: string;
  readonly #timeoutMs: number;

  /** @param timeoutMs for the whole answer, until its last byte was read */
  constructor(url: string, timeoutMs = TIMEOUT_MS) {
    const { origin, pathname } = new URL(url);
    this.name = origin + pathname;
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  async read(tag: string | undefined): Promise<Found | 'unchanged'> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const accept = 'application/gzip, application/octet-stream';
    const headers = { accept, ...(tag !== undefined && { 'if-none-match': tag }) };
    const { statusCode, headers: answered, body } = await request(this.#url, { signal, headers });
    if (statusCode !== 200) {
      await body.dump();
      if (statusCode === 304 && tag !== undefined) return 'unchanged';
      throw new Error(`${this.name} answered ${statusCode}`);
    }
    const bytes = await bytesCapped(body, LIMITS.archiveBytes);
    if (!bytes) throw new Error(`${this.name} sent more than ${LIMITS.archiveBytes} bytes`);
    const files = unpackArchive(bytes);
    const { etag } = answered;
    const isTag = typeof etag === 'string' && etag !== '' && etag.length <= MAX_TAG_CHARACTERS;
    return { files, ...(isTag && { tag: etag }) };
  }
}
