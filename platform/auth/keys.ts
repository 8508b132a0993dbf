import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';

const ALGORITHM = 'RS256';

type SigningKey = Awaited<ReturnType<typeof importJWK>>;

/** Auth's keys in a file only its owner can read. The first one signs; all of them verify. */
export interface AuthKeys {
  signing(): Promise<{ kid: string; alg: string; key: SigningKey }>;
  /** The public halves. */
  jwks(): Promise<JSONWebKeySet>;
}

/** Creates the file with one key when there is none. It is read at every use, so a rotation is seen at once. */
export async function openAuthKeys(path: string): Promise<AuthKeys> {
  await createKeys(path);
  return {
    async signing() {
      const [first] = await readKeys(path);
      return { kid: first.kid!, alg: ALGORITHM, key: await importJWK(first, ALGORITHM) };
    },
    async jwks() {
      return { keys: (await readKeys(path)).map(publicHalf) };
    },
  };
}

/** A new key signs from now on; the old ones go on verifying, unless `dropOld`. Returns the new key's id. */
export async function rotateAuthKeys(path: string, options: { dropOld?: boolean } = {}): Promise<string> {
  const old = options.dropOld ? [] : await readKeys(path);
  const key = await newKey();
  const draft = await writeDraft(path, [key, ...old]);
  await rename(draft, path);
  return key.kid!;
}

async function createKeys(path: string): Promise<void> {
  if (await readKeys(path).catch(whenMissing)) return;
  await mkdir(dirname(path), { recursive: true });
  const draft = await writeDraft(path, [await newKey()]);
  // A link is made whole or not at all, and never over a file that another process made first.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
}

async function writeDraft(path: string, keys: JWK[]): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ keys }, null, 2), { mode: 0o600, flag: 'wx' });
  return draft;
}

async function readKeys(path: string): Promise<[JWK, ...JWK[]]> {
  const { mode } = await stat(path);
  if (mode & 0o077)
    throw new Error(`${path} holds private keys and others can read it: run "chmod 600 ${path}".`);
  const { keys } = parse(path, await readFile(path, 'utf8'));
  const [first, ...rest] = keys ?? [];
  if (!first) throw new Error(`${path} holds no key: remove it, and a new one is made at the next start.`);
  return [first, ...rest];
}

function parse(path: string, text: string): { keys?: JWK[] } {
  try {
    return JSON.parse(text) as { keys?: JWK[] };
  } catch (cause) {
    throw new Error(`${path} is damaged: remove it, and a new key is made at the next start.`, { cause });
  }
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: 'sig' };
}

function publicHalf({ kty, kid, alg, use, n, e }: JWK): JWK {
  return { kty, kid, alg, use, n, e } as JWK;
}

function whenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
