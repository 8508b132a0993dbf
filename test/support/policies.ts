import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MANIFEST_FILE, fileOf, type BundleFiles } from '../../policies/engine/archive-files.ts';
import { packArchive } from '../../policies/engine/archive.ts';
import { WASM_FILE, revisionOf, sha256 } from '../../policies/engine/lock.ts';
import type { BundleManifest } from '../../policies/engine/manifest.ts';
import { COMMITTED, readPlace } from '../../policies/engine/place.ts';
import { readSigningKey, type SigningKey } from '../../policies/engine/signature-keys.ts';
import { signFiles } from '../../policies/engine/signature.ts';
import { answersOf } from '../../policies/engine/vectors.ts';
import { serve, type TestServer } from './servers.ts';

export const revisionIn = (files: BundleFiles): string => revisionOf(sha256(fileOf(files, WASM_FILE)));

/** The committed policy under another revision: the same rules, with a section in the module that nobody reads. */
export async function policyMarked(mark: string): Promise<BundleFiles> {
  const { files } = await readPlace(COMMITTED);
  const section = Buffer.from(mark.slice(0, 100));
  const head = Buffer.from([0, section.length + 1, section.length]);
  const wasm = Uint8Array.from(Buffer.concat([fileOf(files, WASM_FILE), head, section]));
  const marked = new Map([...files, [WASM_FILE, wasm]]);
  return withManifest(marked, (manifest) => ({ ...manifest, revision: revisionIn(marked) }));
}

export function withManifest(
  files: BundleFiles,
  change: (manifest: BundleManifest) => BundleManifest,
): BundleFiles {
  const text = Buffer.from(JSON.stringify(change(manifestOf(files))));
  return new Map([...files, [MANIFEST_FILE, Uint8Array.from(text)]]);
}

const manifestOf = (files: BundleFiles) =>
  JSON.parse(Buffer.from(fileOf(files, MANIFEST_FILE)).toString('utf8')) as BundleManifest;

/** The accepted diff of a candidate, as `policy accept` writes it. */
export function withAccepted(files: BundleFiles, accepted: Record<string, unknown>): BundleFiles {
  return withManifest(files, (manifest) => ({
    ...manifest,
    metadata: { kisum: { ...manifest.metadata.kisum, accepted } },
  }));
}

/**
 * Another policy, made without a compiler: a word is misspelt in the module, so that nothing equals it any more. Its
 * known answers are its own, so it passes every gate.
 */
export async function policyWithout(word: string): Promise<BundleFiles> {
  const { files } = await readPlace(COMMITTED);
  const bytes = Buffer.from(fileOf(files, WASM_FILE));
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) bytes[at] = 'Z'.charCodeAt(0);
  const wasm = Uint8Array.from(bytes);
  if (wasm.every((byte, at) => byte === fileOf(files, WASM_FILE)[at])) throw new Error(`no ${word} in it`);
  const changed = new Map([...files, [WASM_FILE, wasm]]);
  const module = await WebAssembly.compile(wasm);
  const { vectors } = manifestOf(changed).metadata.kisum;
  const answers = await answersOf(module, vectors);
  const cases = vectors.cases.map((known, at) => ({ ...known, answers: answers[at]! }));
  return withManifest(changed, (manifest) => ({
    ...manifest,
    revision: revisionIn(changed),
    metadata: { kisum: { ...manifest.metadata.kisum, vectors: { ...vectors, cases } } },
  }));
}

/** A key pair for bundles, the public half in a file. */
export interface BundleKeys {
  signing: SigningKey;
  verifyFile: string;
}

export async function bundleKeys(): Promise<BundleKeys> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = (key: KeyObject, type: 'pkcs8' | 'spki') => key.export({ type, format: 'pem' }).toString();
  const verifyFile = join(await mkdtemp(join(tmpdir(), 'kisum-keys-')), 'verify.pem');
  await writeFile(verifyFile, pem(publicKey, 'spki'));
  return { signing: readSigningKey(pem(privateKey, 'pkcs8')), verifyFile };
}

/** @param at seconds since 1970 */
export async function signedArchive(
  files: BundleFiles,
  { signing }: BundleKeys,
  at: number,
): Promise<Buffer> {
  return Buffer.from(await packArchive(await signFiles(files, signing, at)));
}

/** Puts a file in its place in one step, as a deployment should. */
export async function place(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
}

/** A bundle server of the test's own. */
export interface BundleServer extends TestServer {
  /** What it answers with; change it. */
  archive: Uint8Array;
  /** Answers in its place, when set. */
  answer: Parameters<typeof serve>[0] | undefined;
  /** `if-none-match` of every request, `''` for none. */
  asked: string[];
}

export async function serveBundle(archive: Uint8Array): Promise<BundleServer> {
  const server = await serve((req, res) => {
    bundles.asked.push(req.headers['if-none-match'] ?? '');
    if (bundles.answer) return void bundles.answer(req, res);
    const etag = `"${createHash('sha256').update(bundles.archive).digest('hex')}"`;
    if (req.headers['if-none-match'] === etag) res.writeHead(304, { etag }).end();
    else res.writeHead(200, { etag, 'content-type': 'application/gzip' }).end(bundles.archive);
  });
  const bundles: BundleServer = { ...server, archive, answer: undefined, asked: [] };
  return bundles;
}
