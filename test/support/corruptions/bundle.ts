/** A good signed bundle, and the means to spoil it. */
import { generateKeyPairSync } from 'node:crypto';
import { fileOf, type BundleFiles } from '../../../policies/engine/archive-files.ts';
import { packArchive } from '../../../policies/engine/archive.ts';
import { loadBundle } from '../../../policies/engine/bundle.ts';
import { readSigningKey, type SigningKey } from '../../../policies/engine/signature-keys.ts';
import { signFiles } from '../../../policies/engine/signature.ts';

export interface SignedBundle {
  /** What a gateway that is given `verifyPem` takes. */
  archive: Uint8Array;
  files: BundleFiles;
  key: SigningKey;
  signingPem: string;
  verifyPem: string;
}

/** What must be refused, and by which words. */
export interface Corruption {
  name: string;
  archive: Uint8Array;
  refused: RegExp;
}

export type Contents = Record<string, Uint8Array | string | null>;

const SIGNED_AT = 1_760_000_000;

/** The committed bundle, signed with a key made for the occasion. */
export async function signedBundle(): Promise<SignedBundle> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signingPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const verifyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const key = readSigningKey(signingPem);
  const files = await signFiles((await loadBundle()).files, key, SIGNED_AT);
  return { archive: await packArchive(files), files, key, signingPem, verifyPem };
}

/** The files with some replaced or, where `null`, left out; the signature stays the old one. */
export function changed(files: BundleFiles, contents: Contents): BundleFiles {
  const all = new Map(files);
  for (const [name, content] of Object.entries(contents)) {
    if (content === null) all.delete(name);
    else all.set(name, Uint8Array.from(Buffer.from(content)));
  }
  return all;
}

/** Changed and signed again by the right key, so that it is not the signature that refuses it. */
export async function resigned({ files, key }: SignedBundle, contents: Contents): Promise<Uint8Array> {
  return packArchive(await signFiles(changed(files, contents), key, SIGNED_AT));
}

export function textOf(files: BundleFiles, name: string): string {
  return Buffer.from(fileOf(files, name)).toString('utf8');
}

/** One bit turned, at a place that depends on the seed alone. */
export function flipped(bytes: Uint8Array, seed: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const bit = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  const index = bit % copy.length;
  copy[index] = (copy[index] ?? 0) ^ (1 << (bit >>> 29));
  return copy;
}
