/** A bundle's signature as OPA makes and reads it: one JWT over the digest of every file. */
import { CompactSign } from 'jose';
import { SIGNATURES_FILE, fileOf, type BundleFiles } from './archive-files.ts';
import { bundleRefused } from './failure.ts';
import { signedFile, type SignedFile } from './signature-hash.ts';
import type { SigningKey, VerifyKey } from './signature-keys.ts';
import { verifyToken } from './signature-token.ts';

export interface Signed {
  keyid?: string;
  /** RFC 3339; absent when the signer did not say. */
  at?: string;
}

interface Payload {
  files?: Partial<SignedFile>[];
  keyid?: unknown;
  scope?: unknown;
  iat?: unknown;
}

/** The files with a signature over all of them; one that was there is replaced. @param at seconds since 1970 */
export async function signFiles(files: BundleFiles, key: SigningKey, at: number): Promise<BundleFiles> {
  const payload = {
    files: hashes(files),
    ...(key.kid === undefined ? {} : { keyid: key.kid }),
    iat: at,
  };
  const header = { alg: key.alg, typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) };
  const jwt = await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader(header)
    .sign(key.key);
  const signatures = Buffer.from(`${JSON.stringify({ signatures: [jwt] }, null, 1)}\n`);
  return new Map([...files, [SIGNATURES_FILE, Uint8Array.from(signatures)]]);
}

/**
 * `null` when none is there and none was asked for. Throws `PolicyFailure` when the one is without the other, the key
 * is not one of `keys`, or a file is not the signed one. Which algorithm is used is the key's matter, never the JWT's.
 */
export async function verifySignature(
  files: BundleFiles,
  keys: readonly VerifyKey[] | null,
): Promise<Signed | null> {
  const signed = files.has(SIGNATURES_FILE);
  if (keys === null && !signed) return null;
  if (keys === null)
    throw bundleRefused('it is signed, and no key is there to verify it: set POLICY_VERIFY_KEY');
  if (!signed)
    throw bundleRefused('it is not signed, and a key is set that must have: see `kisum-cli policy sign`');
  const jwt = onlyToken(fileOf(files, SIGNATURES_FILE));
  const payload = parsePayload(await verifyToken(jwt, keys));
  if (payload.scope !== undefined && payload.scope !== '')
    throw bundleRefused('it is signed for another scope');
  compareFiles(files, payload.files ?? []);
  return signedBy(payload);
}

/** What the signature says of itself, **not verified**; `null` when there is none. Throws `PolicyFailure`. */
export function claimedSignature(files: BundleFiles): Signed | null {
  if (!files.has(SIGNATURES_FILE)) return null;
  const [, payload = ''] = onlyToken(fileOf(files, SIGNATURES_FILE)).split('.');
  return signedBy(parsePayload(Buffer.from(payload, 'base64url')));
}

function signedBy({ keyid, iat }: Payload): Signed {
  return {
    ...(typeof keyid === 'string' ? { keyid } : {}),
    ...(typeof iat === 'number' && iat < 2 ** 32 ? { at: new Date(iat * 1000).toISOString() } : {}),
  };
}

function onlyToken(bytes: Uint8Array): string {
  try {
    const { signatures } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { signatures: unknown };
    const [token] = Array.isArray(signatures) && signatures.length === 1 ? (signatures as unknown[]) : [];
    if (typeof token === 'string') return token;
  } catch (cause) {
    throw bundleRefused(`${SIGNATURES_FILE} is not JSON`, cause);
  }
  throw bundleRefused(`${SIGNATURES_FILE} must hold one signature`);
}

function parsePayload(bytes: Uint8Array): Payload {
  try {
    const payload = JSON.parse(Buffer.from(bytes).toString('utf8')) as Payload | null;
    if (Array.isArray(payload?.files) && payload.files.every(Boolean)) return payload;
  } catch (cause) {
    throw bundleRefused('what is signed is not JSON', cause);
  }
  throw bundleRefused('what is signed is not a list of files');
}

/** Every file is signed and every signed file is there. */
function compareFiles(files: BundleFiles, signed: Partial<SignedFile>[]): void {
  const actual = new Map(hashes(files).map((file) => [file.name, file]));
  for (const { name = '', hash, algorithm } of signed) {
    const file = actual.get(name);
    if (file === undefined) throw bundleRefused(`${JSON.stringify(name)} is signed but not in it`);
    if (algorithm !== 'SHA-256') throw bundleRefused(`${name} is signed by another digest than SHA-256`);
    if (file.hash !== hash) throw bundleRefused(`${name} is not the file that was signed`);
    actual.delete(name);
  }
  const unsigned = [...actual.keys()].sort();
  if (unsigned.length > 0) throw bundleRefused(`not signed: ${unsigned.join(', ')}`);
}

function hashes(files: BundleFiles): SignedFile[] {
  const names = [...files.keys()].filter((name) => name !== SIGNATURES_FILE).sort();
  return names.map((name) => hashOf(name, fileOf(files, name)));
}

function hashOf(name: string, content: Uint8Array): SignedFile {
  try {
    return signedFile(name, content);
  } catch (cause) {
    throw bundleRefused(`${name} is not JSON`, cause);
  }
}
