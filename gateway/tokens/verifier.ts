import { hash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { SegmentedCache } from '../access/segmented-cache.ts';
import { unauthorized } from '../errors.ts';
import { UUID } from '../request/uuid.ts';
import type { KeyStore } from './key-store.ts';
import { readCompactJwt } from './compact.ts';
import type { Subject } from './subject.ts';

const SKEW_S = 30;
/** A longer life is a wrong unit or a mistake, never an access token. */
const MAX_LIFE_S = 366 * 24 * 3600;
const MAX_TOKEN_LENGTH = 8192;
const REMEMBERED_TOKENS = 20_000;
const MODULE_SUBJECT = /^module:([a-z][a-z0-9]*(?:_[a-z0-9]+)*)$/;

export interface VerifierOptions {
  keys: KeyStore;
  issuer: string;
  audience: string;
  algorithms: string[];
}

interface Verified {
  subject: Subject;
  /** Unix seconds after which it is refused, skew included. */
  until: number;
}

/** Turns a bearer token into its subject, remembering what was verified until it expires or the keys change. */
export class TokenVerifier {
  readonly #options: VerifierOptions;
  readonly #verified = new SegmentedCache<Verified>(REMEMBERED_TOKENS);
  #generation = 0;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** Forgets every verified token: the keys changed. */
  forget(): void {
    this.#generation += 1;
    this.#verified.clear();
  }

  /**
   * The subject of a bearer token, at once when it was verified before.
   * @throws Refusal 401 for anything but a valid token, 503 while no key is known
   */
  verify(token: string): Subject | Promise<Subject> {
    if (token.length > MAX_TOKEN_LENGTH) throw unauthorized('the token is too long');
    const digest = hash('sha256', token, 'base64');
    const known = this.#verified.get(digest);
    if (known && Date.now() / 1000 < known.until) return known.subject;
    return this.#verify(token, digest);
  }

  async #verify(token: string, digest: string): Promise<Subject> {
    const generation = this.#generation;
    const { issuer, audience, algorithms, keys } = this.#options;
    const header = readCompactJwt(token, algorithms);
    const key = await keys.find(header.kid);
    if (!key) throw unauthorized('the token is signed by an unknown key');
    const payload = await check(
      jwtVerify(token, key, {
        issuer,
        audience,
        algorithms,
        clockTolerance: SKEW_S,
        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
      }),
    );
    const verified = readClaims(payload);
    if (generation === this.#generation) this.#verified.set(digest, verified);
    return verified.subject;
  }
}

async function check(verification: Promise<{ payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await verification).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw unauthorized('the token has expired', error);
    throw unauthorized('the token is not valid', error);
  }
}

/** jose checks what claims say, not every type they may have: a mistyped claim must not become a cache key. */
function readClaims(payload: JWTPayload): Verified {
  const now = Date.now() / 1000;
  const { sub, aud, iat, exp, tokenVersion } = payload as JWTPayload & { tokenVersion?: unknown };
  if (![aud].flat().every((it) => typeof it === 'string')) throw unauthorized('the audience is not text');
  if (!Number.isSafeInteger(exp) || exp! - now > MAX_LIFE_S)
    throw unauthorized('the token has no sensible expiry');
  if (!Number.isSafeInteger(iat) || iat! > now + SKEW_S)
    throw unauthorized('the token is issued in the future');
  if (tokenVersion !== undefined && !Number.isSafeInteger(tokenVersion)) {
    throw unauthorized('the token version is not a number');
  }
  return { subject: readSubject(sub, tokenVersion as number | undefined), until: exp! + SKEW_S };
}

function readSubject(sub: unknown, tokenVersion: number | undefined): Subject {
  if (typeof sub !== 'string') throw unauthorized('the subject is not a string');
  const module = MODULE_SUBJECT.exec(sub)?.[1];
  if (module) return { kind: 'module', key: module };
  if (!UUID.test(sub)) throw unauthorized('the subject is not a user id');
  return { kind: 'user', id: sub.toLowerCase(), tokenVersion };
}
