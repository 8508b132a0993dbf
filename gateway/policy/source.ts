import type { BundleFiles } from '../../policies/engine/archive-files.ts';

/** What a source holds, not yet trusted. */
export interface Found {
  files: BundleFiles;
  /** What `read` is told once this is in force; absent when it must be read again anyway. */
  tag?: string;
}

/** Where policy bundles come from. */
export interface PolicySource {
  /** For people; without credentials. */
  readonly name: string;
  /** A server has to confirm from time to time what is in force. */
  readonly isServer: boolean;
  /**
   * What is there now, or that it is still what `tag` stands for.
   * @param tag of what is in force
   * @throws Error when it cannot be had whole
   */
  read(tag: string | undefined): Promise<Found | 'unchanged'>;
}
