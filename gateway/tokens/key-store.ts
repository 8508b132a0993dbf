import { importJWK, type CryptoKey, type JWK } from 'jose';
import { request } from 'undici';
import { unavailable } from '../errors.ts';
import type { Logger } from '../log.ts';
import { readCapped } from '../request/read-capped.ts';

const MAX_DOCUMENT_BYTES = 256 * 1024;
const FETCH_TIMEOUT_MS = 3000;
const MIN_RSA_BITS = 2048;

export interface KeyStoreOptions {
  url: string;
  /** Allowed signature algorithms; a key for any other is ignored. */
  algorithms: string[];
  /** Shortest time between two fetches. */
  cooldownMs: number;
  /** Time from one good fetch to the next, in the background. */
  maxAgeMs: number;
  log: Logger;
  /** Called when the set of keys changed, so that nothing verified by an older set is trusted further. */
  onChange: () => void;
}

interface VerificationKey {
  kid: string;
  key: CryptoKey;
}

/**
 * Auth's public keys. jose's own remote set forgets its keys on one bad answer and cools down for 30 s; here known
 * keys survive an outage, and an empty or broken document never replaces good ones.
 */
export class KeyStore {
  readonly #options: KeyStoreOptions;
  #keys = new Map<string, VerificationKey['key']>();
  #document = '';
  #triedAt = -Infinity;
  #fetching: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
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
    if (this.#keys.size === 0) throw unavailable('the keys of Auth are not available', this.failure);
    return this.#known(kid);
  }

  /** Fetches the keys unless the cool-down forbids it, and from then on whenever they are due. Never throws. */
  async refresh(): Promise<void> {
    if (!this.#fetching && performance.now() - this.#triedAt < this.#options.cooldownMs) return;
    await (this.#fetching ??= this.#fetchAndSchedule());
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** By the clock: remembered tokens never ask for a key, and a gateway that is not ready gets no tokens at all. */
  async #fetchAndSchedule(): Promise<void> {
    this.#triedAt = performance.now();
    await this.#fetch();
    this.#fetching = undefined;
    if (this.#stopped) return;
    const { cooldownMs, maxAgeMs } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => void (this.#fetching ??= this.#fetchAndSchedule()),
      this.failure ? cooldownMs : maxAgeMs,
    ).unref();
  }

  #known(kid: string | undefined) {
    if (kid !== undefined) return this.#keys.get(kid);
    return this.#keys.size === 1 ? [...this.#keys.values()][0] : undefined;
  }

  async #fetch(): Promise<void> {
    try {
      const document = await download(this.#options.url);
      if (document !== this.#document) await this.#adopt(document);
      this.failure = undefined;
    } catch (error) {
      if (String(error) !== String(this.failure))
        this.#options.log.warn({ err: error, keys: this.#keys.size }, 'keys of Auth not refreshed');
      this.failure = error as Error;
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
  const document = await readCapped(body, MAX_DOCUMENT_BYTES);
  if (document === undefined) throw new Error(`the document is larger than ${MAX_DOCUMENT_BYTES} bytes`);
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return document;
}

async function readKeys(document: string, algorithms: string[]): Promise<VerificationKey[]> {
  const { keys } = JSON.parse(document) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('the document has no "keys" array');
  const read = await Promise.all(keys.map((jwk: JWK) => readKey(jwk, algorithms)));
  return read.filter((key) => key !== undefined);
}

/** A key that is not for signatures, too weak or not understood is passed over, like an unknown one. */
async function readKey(jwk: JWK | null, algorithms: string[]): Promise<VerificationKey | undefined> {
  if (typeof jwk?.kid !== 'string' || jwk.kty === 'oct') return undefined;
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  // A key that does not name its algorithm is for the first one it fits.
  for (const alg of algorithms.filter((it) => jwk.alg === undefined || jwk.alg === it)) {
    const key = await importPublic(jwk, alg);
    if (key) return { kid: jwk.kid, key };
  }
  return undefined;
}

async function importPublic({ kty, n, e, crv, x, y }: JWK, alg: string): Promise<CryptoKey | undefined> {
  const parts = Object.entries({ kty, n, e, crv, x, y }).filter(([, part]) => part);
  try {
    const key = (await importJWK(Object.fromEntries(parts) as JWK, alg)) as CryptoKey;
    const { modulusLength = MIN_RSA_BITS } = key.algorithm as { modulusLength?: number };
    return modulusLength < MIN_RSA_BITS ? undefined : key;
  } catch {
    return undefined;
  }
}
