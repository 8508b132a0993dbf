/** How OPA hashes a file of a bundle: JSON by what it means, everything else by its bytes. */
import { createHash, type Hash } from 'node:crypto';
import { DATA_FILE, MANIFEST_FILE } from './archive-files.ts';

/** One line of a signature's payload. */
export interface SignedFile {
  name: string;
  /** Hex. */
  hash: string;
  algorithm: 'SHA-256';
}

/** Throws `SyntaxError` when a JSON file is not JSON. */
export function signedFile(name: string, content: Uint8Array): SignedFile {
  const hash = createHash('sha256');
  if (name === MANIFEST_FILE || name === DATA_FILE) {
    digest(JSON.parse(Buffer.from(content).toString('utf8')), hash);
  } else {
    hash.update(content);
  }
  return { name, hash: hash.digest('hex'), algorithm: 'SHA-256' };
}

/** Keys in the order of their bytes, no white space. */
function digest(value: unknown, hash: Hash): void {
  if (Array.isArray(value)) {
    hash.update('[');
    value.forEach((item, index) => {
      if (index > 0) hash.update(',');
      digest(item, hash);
    });
    hash.update(']');
  } else if (typeof value === 'object' && value !== null) {
    hash.update('{');
    Object.entries(value)
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .forEach(([key, item], index) => {
        hash.update(`${index > 0 ? ',' : ''}${primitive(key)}:`);
        digest(item, hash);
      });
    hash.update('}');
  } else {
    hash.update(primitive(value));
  }
}

/** As Go writes it: two line ends of Unicode are escaped, which JavaScript leaves as they are. */
function primitive(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
