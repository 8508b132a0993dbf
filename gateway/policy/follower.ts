import { setImmediate } from 'node:timers/promises';
import { contentDigest, SIGNATURES_FILE, type BundleFiles } from '../../policies/engine/archive-files.ts';
import { openFiles, type Bundle, type Trust } from '../../policies/engine/bundle.ts';
import { sha256 } from '../../policies/engine/lock.ts';
import type { PolicySource } from './source.ts';

/** A bundle that is verified, compiled and gave its known answers. */
export interface Candidate {
  bundle: Bundle;
  id: string;
}

export interface FollowerOptions {
  source: PolicySource;
  trust: Trust;
  /** What a refusal may be due to beside the bundle; once it differs, the same bundle is tried again. */
  basis: () => unknown;
  /** Puts it in force. @throws why it is refused; nothing may have changed then */
  take: (candidate: Candidate) => Promise<void>;
}

/** Looks at a source and hands on what changed there. What was refused is asked for again, but tried only once. */
export class Follower {
  readonly #options: FollowerOptions;
  /** Stored only once the bundle is in force, so that a refused one is always sent again. */
  #tag: string | undefined;
  #taken: string | undefined;
  #refused: { id: string; basis: unknown; error: unknown } | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Resolves when what the source has is in force. @throws Error why it is not */
  async look(): Promise<void> {
    const found = await this.#options.source.read(this.#tag);
    if (found === 'unchanged') return;
    const id = idOf(found.files);
    if (id !== this.#taken) await this.#try(id, found.files);
    this.#tag = found.tag;
  }

  /** What was taken from the source is no longer in force. */
  forget(): void {
    this.#tag = undefined;
    this.#taken = undefined;
  }

  async #try(id: string, files: BundleFiles): Promise<void> {
    const { trust, basis, take } = this.#options;
    const refused = this.#refused;
    if (refused?.id === id && refused.basis === basis()) throw refused.error;
    const triedOn = basis();
    try {
      const bundle = await openFiles(files, trust);
      // Requests first: what follows takes as long again.
      await setImmediate();
      await take({ bundle, id });
    } catch (error) {
      this.#refused = { id, basis: triedOn, error };
      throw error;
    }
    this.#refused = undefined;
    this.#taken = id;
  }
}

/** SHA-256, hex, of what is in a bundle and of its signature, however it is packed. */
export function idOf(files: BundleFiles): string {
  const signature = files.get(SIGNATURES_FILE) ?? new Uint8Array();
  return sha256(Buffer.concat([Buffer.from(contentDigest(files)), signature]));
}
