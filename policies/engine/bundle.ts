/** A compiled policy with the rules it was made from, refused by name when anything about it is not as it must be. */
import { contentDigest, DATA_FILE, MANIFEST_FILE, fileOf, type BundleFiles } from './archive-files.ts';
import { unpackArchive } from './archive.ts';
import { bundleRefused } from './failure.ts';
import { verifyLock, verifyRules, verifySourcesBeside } from './lock-check.ts';
import { WASM_FILE, revisionOf, sha256 } from './lock.ts';
import { readManifest, type BundleManifest } from './manifest.ts';
import { COMMITTED, readPlace } from './place.ts';
import { verifySignature, type Signed } from './signature.ts';
import type { VerifyKey } from './signature-keys.ts';
import { proveVectors } from './vectors.ts';

/** What it takes to evaluate. */
export interface RunnablePolicy {
  revision: string;
  module: WebAssembly.Module;
}

export interface Bundle extends RunnablePolicy {
  /** SHA-256 of what is in it, hex; the same however it is packed or signed. */
  digest: string;
  manifest: BundleManifest;
  /** Who signed it and when; `null` when nobody did and nobody had to. */
  signed: Signed | null;
  files: BundleFiles;
}

export interface Trust {
  /** Any of them must have signed; `null` where no signature is expected, and then one is refused. */
  verifyKeys: readonly VerifyKey[] | null;
}

const UNSIGNED: Trust = { verifyKeys: null };

/** An archive's bytes, from anywhere: unpacked, verified, compiled and asked its known answers. Throws `PolicyFailure`. */
export async function openBundle(archive: Uint8Array, trust: Trust): Promise<Bundle> {
  return openFiles(unpackArchive(archive), trust);
}

/** The same for files that lie unpacked. Nothing is compiled before everything is verified. Throws `PolicyFailure`. */
export async function openFiles(files: BundleFiles, trust: Trust): Promise<Bundle> {
  const signed = await verifySignature(files, trust.verifyKeys);
  const wasm = fileOf(files, WASM_FILE);
  const revision = revisionOf(sha256(wasm));
  const manifest = readManifest(fileOf(files, MANIFEST_FILE), revision);
  verifyData(fileOf(files, DATA_FILE));
  verifyRules(files, manifest.metadata.kisum.sources);
  const module = await compile(wasm);
  await proveVectors(module, manifest.metadata.kisum.vectors);
  return { revision, digest: contentDigest(files), module, manifest, signed, files };
}

/**
 * The committed bundle, or the one at `place`: an archive, a folder that holds `bundle.tar.gz`, or an unpacked bundle.
 * A lock beside it must name it; the committed one must have a lock and match the sources it lies beside, where there
 * are any (a checkout). Throws `PolicyFailure` naming the file at fault.
 */
export async function loadBundle(place: string = COMMITTED, trust: Trust = UNSIGNED): Promise<Bundle> {
  const { files, lock, beside } = await readPlace(place);
  if (lock !== null) {
    verifyLock(files, lock);
    await verifySourcesBeside(beside, lock);
  }
  return openFiles(files, trust);
}

/** The catalog comes from the database: a bundle that brings data of its own would decide on something else. */
function verifyData(data: Uint8Array): void {
  if (Buffer.from(data).toString('utf8').trim() !== '{}') throw bundleRefused(`${DATA_FILE} holds data`);
}

async function compile(wasm: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  const module = await WebAssembly.compile(wasm).catch((cause: unknown) => {
    throw bundleRefused(`${WASM_FILE} is not a WebAssembly module`, cause);
  });
  const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  if (!exported.has('opa_wasm_abi_version')) throw bundleRefused(`${WASM_FILE} is not a compiled policy`);
  return module;
}
