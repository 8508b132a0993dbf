/** From a folder of policies to a bundle, in memory. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packArchive } from '../engine/archive.ts';
import { DATA_FILE, MANIFEST_FILE, type BundleFiles } from '../engine/archive-files.ts';
import type { RunnablePolicy } from '../engine/bundle.ts';
import type { Entrypoint } from '../engine/entrypoints.ts';
import {
  CAPABILITIES_FILE,
  WASM_FILE,
  revisionOf,
  ruleFiles,
  sha256,
  sourceDigests,
} from '../engine/lock.ts';
import { ROOTS, entrypointPaths, type BundleManifest } from '../engine/manifest.ts';
import { entryOf } from './archive.ts';
import { knownAnswers } from './known-answers.ts';
import { findOpa, pinnedVersion, type Log } from './opa.ts';
import { mustRun } from './run.ts';

interface CompileOptions {
  /** A compiler already found. */
  opa?: string;
  log?: Log;
}

/**
 * The unsigned archive of the policies below a folder: the checkout's `policies`, a changed copy, another commit's.
 * Throws `WorkbenchError` when there is no compiler or the rules do not compile.
 */
export async function compilePolicies(policies: string, options: CompileOptions = {}): Promise<Uint8Array> {
  return packArchive(await compileFiles(policies, options));
}

/** The same before it is packed. @param accepted the accepted change that leads to a revision, if there is one */
export async function compileFiles(
  policies: string,
  options: CompileOptions & {
    accepted?: (revision: string) => Promise<Record<string, unknown> | undefined>;
  } = {},
): Promise<BundleFiles> {
  const opa = options.opa ?? (await findOpa(options.log));
  const wasm = await compileWasm(opa, policies, entrypointPaths());
  const revision = revisionOf(sha256(wasm));
  const accepted = await options.accepted?.(revision);
  const manifest: BundleManifest = {
    revision,
    roots: ROOTS,
    rego_version: 1,
    metadata: {
      kisum: {
        entrypoints: entrypointPaths(),
        opa: await pinnedVersion(),
        sources: await sourceDigests(policies),
        vectors: await knownAnswers(opa, policies, await WebAssembly.compile(wasm)),
        ...(accepted === undefined ? {} : { accepted }),
      },
    },
  };
  const rules = (await ruleFiles(policies)).map(
    async (name) => [name, Uint8Array.from(await readFile(join(policies, name)))] as const,
  );
  return new Map([
    [MANIFEST_FILE, textFile(JSON.stringify(manifest))],
    [DATA_FILE, textFile('{}')],
    [WASM_FILE, wasm],
    ...(await Promise.all(rules)),
  ]);
}

/**
 * Compiled to be tried out, not to be served: no archive, no known answers, nothing verified. Fast, for changed copies.
 * @param entrypoints those it must have, for rules older than the others; by default all
 */
export async function tryPolicies(
  policies: string,
  options: CompileOptions & { entrypoints?: readonly Entrypoint[] } = {},
): Promise<RunnablePolicy> {
  const opa = options.opa ?? (await findOpa(options.log));
  const asked = options.entrypoints ?? entrypointPaths();
  const wasm = await compileWasm(opa, policies, asked);
  return { revision: revisionOf(sha256(wasm)), module: await WebAssembly.compile(wasm) };
}

/** Paths as given are part of the result, so they are always the same: an explicit list, seen from `policies/`. */
async function compileWasm(
  opa: string,
  policies: string,
  entrypoints: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const scratch = await mkdtemp(join(tmpdir(), 'kisum-policies-'));
  try {
    const archive = join(scratch, 'bundle.tar.gz');
    const target = ['--target', 'wasm', '--prune-unused', '--capabilities', CAPABILITIES_FILE];
    const args = [
      'build',
      ...target,
      ...entrypointArguments(entrypoints),
      '--output',
      archive,
      ...(await ruleFiles(policies)),
    ];
    await mustRun(opa, args, policies, 'compiling the policies');
    return Uint8Array.from(entryOf(await readFile(archive), `/${WASM_FILE}`));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** For `opa build`; by default every entrypoint. */
export function entrypointArguments(entrypoints: readonly string[] = entrypointPaths()): string[] {
  return entrypoints.flatMap((path) => ['--entrypoint', path]);
}

function textFile(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(`${text}\n`));
}
