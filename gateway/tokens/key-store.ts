import { importJWK, type CryptoKey, type JWK } from 'jose';
import { request } from 'undici';
import { unavailable } from '../errors.ts';
import type { Logger } from '../log.ts';

const MAX_DOCUMENT_BYTES = 256 * 1024;
const FETCH_TIMEOUT_MS = 3000;
const MIN_RSA_BITS = 2048;

export interface KeyStoreOptions {
  url: string;
  /** Allowed signature algorithms; a key for any other is ignored. */
  algorithms: string[];
  /** Shortest time between two fetches. */
  cooldownMs: number;
  /** Age from which the keys are refreshed in the background. */
  maxAgeMs: number;
  log: Logger;
  /** Called when the set of keys changed, so that nothing verified by an older set is trusted further. */
  onChange: () => void;
}

interface VerificationKey {
  kid: string;
  key: CryptoKey | Uint8Array;
}

/**
 * Auth's public keys. jose's own remote set forgets its keys on one bad answer and cools down for 30 s; here known
 * keys survive an outage, and an empty or broken document never replaces good ones.
 */
export class KeyStore {
  readonly #options: KeyStoreOptions;
  #keys = new Map<string, VerificationKey['key']>();
  #document = '';
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #fetching: Promise<void> | undefined;
  /** Why the last fetch failed; for `/readyz`. */
  failure: Error | undefined;

  constructor(options: KeyStoreOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#keys.size;
  }

  /**
   * The key a token names, fetched once for all who ask when it is not known.
   * @returns undefined for a key Auth does not publish
   * @throws Refusal 503 only while no key at all is known
   */
  async find(kid: string | undefined): Promise<VerificationKey['key'] | undefined> {
    if (!this.#known(kid)) await this.refresh();
    else if (performance.now() - this.#fetchedAt > this.#options.maxAgeMs) void this.refresh();
    if (this.#keys.size === 0) throw unavailable('the keys of Auth are not available', this.failure);
    return this.#known(kid);
  }

  /** Fetches the keys unless the cool-down forbids it. Never throws. */
  async refresh(): Promise<void> {
    if (!this.#fetching) {
      if (performance.now() - this.#triedAt < this.#options.cooldownMs) return;
      this.#triedAt = performance.now();
      this.#fetching = this.#fetch().finally(() => (this.#fetching = undefined));
    }
    await this.#fetching;
  }

  #known(kid: string | undefined) {
    if (kid !== undefined) return this.#keys.get(kid);
    return this.#keys.size === 1 ? [...this.#keys.values()][0] : undefined;
  }

  async #fetch(): Promise<void> {
    try {
      const document = await download(this.#options.url);
      if (document !== this.#document) await this.#adopt(document);
      this.#fetchedAt = performance.now();
      this.failure = undefined;
    } catch (error) {
      this.failure = error as Error;
      this.#options.log.warn({ err: error, keys: this.#keys.size }, 'keys of Auth not refreshed');
    }
  }

  async #adopt(document: string): Promise<void> {
    const keys = await readKeys(document, this.#options.algorithms);
    if (keys.length === 0) throw new Error('the document has no usable key');
    this.#keys = new Map(keys.map(({ kid, key }) => [kid, key]));
    this.#document = document;
    this.#options.onChange();
  }
}

async function download(url: string): Promise<string> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const { statusCode, body } = await request(url, { signal, headers: { accept: 'application/json' } });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES) throw new Error(`the document is larger than ${MAX_DOCUMENT_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return Buffer.concat(chunks).toString('utf8');
}

async function readKeys(document: string, algorithms: string[]): Promise<VerificationKey[]> {
  const { keys } = JSON.parse(document) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('the document has no "keys" array');
  const read = await Promise.all(keys.map((jwk: JWK) => readKey(jwk, algorithms)));
  return read.filter((key) => key !== undefined);
}

/** A key that is not for signatures, too weak or not understood is passed over, like an unknown one. */
async function readKey(jwk: JWK | null, algorithms: string[]): Promise<VerificationKey | undefined> {
  if (typeof jwk?.kid !== 'string' || (jwk.use !== undefined && jwk.use !== 'sig')) return undefined;
  const alg = jwk.alg ?? algorithms[0];
  if (!alg || !algorithms.includes(alg) || jwk.kty === 'oct') return undefined;
  if (jwk.kty === 'RSA' && Buffer.from(jwk.n ?? '', 'base64url').length * 8 < MIN_RSA_BITS) return undefined;
  try {
    const { kty, n, e, crv, x, y } = jwk;
    const publicPart = Object.fromEntries(
      Object.entries({ kty, n, e, crv, x, y }).filter(([, part]) => part),
    );
    return { kid: jwk.kid, key: await importJWK(publicPart as JWK, alg) };
  } catch {
    return undefined;
  }
}
