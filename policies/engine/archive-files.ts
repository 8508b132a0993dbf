/** What a bundle holds, however it is wrapped: names from a closed list, sizes under a cap. */
import { bundleRefused } from './failure.ts';
import { sha256 } from './lock.ts';

/** Name without the leading slash → bytes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export const MANIFEST_FILE = '.manifest';
export const DATA_FILE = 'data.json';
export const SIGNATURES_FILE = '.signatures.json';

/** Many times what the policy weighs, and little to a process. */
export const LIMITS = { files: 256, bytes: 16 * 2 ** 20, archiveBytes: 4 * 2 ** 20 };

const NAMED = new Set([MANIFEST_FILE, DATA_FILE, SIGNATURES_FILE, 'policy.wasm']);
const RULES = /^(?:kisum|system)(?:\/[a-z][a-z0-9_]*)+\.rego$/;

export class FileCollector {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  private bytes = 0;

  /** Throws `PolicyFailure` when the name is unknown or taken, or there is too much. */
  add(name: string, content: Uint8Array<ArrayBuffer>): void {
    if (!NAMED.has(name) && (!RULES.test(name) || name.endsWith('_test.rego'))) {
      throw bundleRefused(`${quoted(name)} does not belong into a bundle`);
    }
    if (this.files.has(name)) throw bundleRefused(`${name} is in it twice`);
    this.bytes += content.byteLength;
    if (this.bytes > LIMITS.bytes) throw bundleRefused(`it unpacks to more than ${LIMITS.bytes} bytes`);
    if (this.files.size === LIMITS.files) throw bundleRefused(`it holds more than ${LIMITS.files} files`);
    this.files.set(name, content);
  }
}

/** Throws `PolicyFailure` naming the file that is missing. */
export function fileOf(files: BundleFiles, name: string): Uint8Array<ArrayBuffer> {
  const content = files.get(name);
  if (content === undefined) throw bundleRefused(`${name} is missing`);
  return content;
}

/** Names of the rule files, sorted. */
export function rulesIn(files: BundleFiles): string[] {
  return [...files.keys()].filter((name) => name.endsWith('.rego')).sort();
}

/**
 * SHA-256, hex, of the lines `<sha256>  <name>\n` as `sha256sum` prints them, sorted by name. The signature is not in
 * it: signing a bundle again, or packing it otherwise, leaves it the same bundle.
 */
export function contentDigest(files: BundleFiles): string {
  const names = [...files.keys()].filter((name) => name !== SIGNATURES_FILE).sort();
  const lines = names.map((name) => `${sha256(fileOf(files, name))}  ${name}\n`);
  return sha256(Buffer.from(lines.join('')));
}

/** A name from outside, fit to be printed. */
export function quoted(name: string): string {
  const text = JSON.stringify(name);
  return text.length > 80 ? `${text.slice(0, 76)}…"` : text;
}
