/** What a bundle says of itself. Nothing of it is verified: that is `policy verify`. */
import { WASM_FILE, revisionOf, sha256 } from '../engine/lock.ts';
import { MANIFEST_FILE, contentDigest, fileOf } from '../engine/archive-files.ts';
import { readManifest } from '../engine/manifest.ts';
import { COMMITTED, readPlace } from '../engine/place.ts';
import { claimedSignature, type Signed } from '../engine/signature.ts';

export interface BundleFacts {
  revision: string;
  digest: string;
  /** Version of the compiler. */
  opa: string;
  entrypoints: string[];
  /** `null` when it is not signed. */
  signature: Signed | null;
  knownAnswers: number;
  accepted: Record<string, unknown> | null;
  /** Name → bytes, sorted by name. */
  files: Record<string, number>;
}

/** Throws `PolicyFailure` when it cannot be read as a bundle at all. @param place as `loadBundle` takes it */
export async function inspectBundle(place: string = COMMITTED): Promise<BundleFacts> {
  const { files } = await readPlace(place);
  const revision = revisionOf(sha256(fileOf(files, WASM_FILE)));
  const {
    entrypoints,
    opa,
    vectors,
    accepted = null,
  } = readManifest(fileOf(files, MANIFEST_FILE), revision).metadata.kisum;
  const sizes = [...files.keys()].sort().map((name) => [name, fileOf(files, name).byteLength] as const);
  return {
    revision,
    digest: contentDigest(files),
    opa,
    entrypoints,
    signature: claimedSignature(files),
    knownAnswers: vectors.cases.reduce((sum, { answers }) => sum + Object.keys(answers).length, 0),
    accepted,
    files: Object.fromEntries(sizes),
  };
}
