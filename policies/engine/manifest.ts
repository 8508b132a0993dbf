/** The bundle's `.manifest`: OPA's own fields, and under `metadata.kisum` what this code must find in it. */
import { isDeepStrictEqual } from 'node:util';
import type { CatalogData } from '../contract.ts';
import { ENTRYPOINTS, type Entrypoint } from './entrypoints.ts';
import { bundleRefused } from './failure.ts';

export interface BundleManifest {
  /** Beginning of the SHA-256 of `policy.wasm`. */
  revision: string;
  /** What of `data` the bundle owns. The catalog is outside. */
  roots: string[];
  rego_version: 1;
  metadata: { kisum: BundleMetadata };
}

export interface BundleMetadata {
  /** What `policy.wasm` can be asked, sorted. */
  entrypoints: string[];
  /** Version of the compiler. */
  opa: string;
  /** Source below `policies/` → SHA-256, hex: the rules in the bundle, and what decides how they are compiled. */
  sources: Record<string, string>;
  /** Known answers, proven before the policy is handed out. */
  vectors: KnownAnswers;
  /** The accepted change that led here; written and read by `policy diff --accept`. */
  accepted?: Record<string, unknown>;
}

export interface KnownAnswers {
  catalog: CatalogData;
  cases: KnownCase[];
}

export interface KnownCase {
  name: string;
  input: object;
  /** Entrypoint → its answer. */
  answers: Partial<Record<Entrypoint, unknown>>;
}

export const ROOTS = ['kisum', 'system/log'];

export function entrypointPaths(): string[] {
  return Object.values(ENTRYPOINTS).sort();
}

const asked = new Set<string>(entrypointPaths());

const FIELDS = ['metadata', 'rego_version', 'revision', 'roots'];

/** Throws `PolicyFailure` naming the first field that is not as it must be. `revision` is compared with the module's. */
export function readManifest(bytes: Uint8Array, revision: string): BundleManifest {
  const manifest = parse(bytes);
  if (!isDeepStrictEqual(Object.keys(manifest).sort(), FIELDS)) {
    throw fault(`must hold exactly ${FIELDS.join(', ')}`);
  }
  if (manifest.revision !== revision)
    throw fault(`names another revision than policy.wasm has (${revision})`);
  if (!isDeepStrictEqual(manifest.roots, ROOTS)) throw fault(`must have the roots ${ROOTS.join(', ')}`);
  if (manifest.rego_version !== 1) throw fault('must have rego_version 1');
  const { kisum } = asObject(manifest.metadata, 'metadata');
  checkMetadata(asObject(kisum, 'metadata.kisum'), revision);
  return manifest as unknown as BundleManifest;
}

function checkMetadata(metadata: Record<string, unknown>, revision: string): void {
  const { entrypoints, opa, sources, vectors, accepted } = metadata;
  if (!isDeepStrictEqual(entrypoints, entrypointPaths())) {
    throw fault(`must list the entrypoints ${entrypointPaths().join(', ')}`);
  }
  if (typeof opa !== 'string') throw fault('must name the version of opa');
  const digests = Object.values(asObject(sources, 'metadata.kisum.sources'));
  if (!digests.every((digest) => typeof digest === 'string')) throw fault('must hold digests of the sources');
  const { catalog, cases } = asObject(vectors, 'metadata.kisum.vectors');
  asObject(catalog, 'metadata.kisum.vectors.catalog');
  if (!Array.isArray(cases) || !cases.every(isKnownCase)) throw fault('must hold known answers');
  if (accepted !== undefined && asObject(accepted, 'metadata.kisum.accepted').to !== revision) {
    throw fault('holds an accepted change that leads to another revision');
  }
}

function isKnownCase(value: unknown): boolean {
  if (!isObject(value) || typeof value.name !== 'string' || !isObject(value.input)) return false;
  return isObject(value.answers) && Object.keys(value.answers).every((path) => asked.has(path));
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    return asObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), 'it');
  } catch (cause) {
    throw fault('is not a JSON object', cause);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw fault(`must be an object in ${what}`);
}

function fault(what: string, cause?: unknown): Error {
  return bundleRefused(`.manifest ${what}`, cause);
}
