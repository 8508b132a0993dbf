/**
 * A tar, read strictly: plain files under short names and nothing else. Readers differ in what they make of links,
 * long names and bytes after the end; a bundle that would need them is refused, so that all of them see the same.
 */
import { bundleRefused } from './failure.ts';
import { quoted } from './archive-files.ts';

const BLOCK = 512;
const CHECKSUM = { start: 148, end: 156 };

export interface TarFile {
  name: string;
  content: Uint8Array<ArrayBuffer>;
}

/** The files in the order they stand. Throws `PolicyFailure`. */
export function* readTar(tar: Uint8Array): Generator<TarFile> {
  let offset = 0;
  for (;;) {
    const head = blockAt(tar, offset);
    if (isZero(head)) break;
    const { name, size } = readHead(head);
    const start = offset + BLOCK;
    const end = start + size;
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
    if (offset > tar.byteLength) throw bundleRefused(`the archive ends within ${quoted(name)}`);
    if (!isZero(tar.subarray(end, offset))) throw bundleRefused(`bytes follow the end of ${quoted(name)}`);
    yield { name, content: tar.slice(start, end) };
  }
  if (tar.byteLength - offset < 2 * BLOCK) throw bundleRefused('the archive has no end');
  if (!isZero(tar.subarray(offset))) throw bundleRefused('bytes follow the end of the archive');
}

function blockAt(tar: Uint8Array, offset: number): Uint8Array {
  if (offset + BLOCK > tar.byteLength) throw bundleRefused('the archive has no end');
  return tar.subarray(offset, offset + BLOCK);
}

function readHead(head: Uint8Array): { name: string; size: number } {
  const name = text(head, 0, 100);
  if (octal(head, CHECKSUM.start, CHECKSUM.end) !== checksum(head)) {
    throw bundleRefused('the archive is no tar, or a header in it is damaged');
  }
  const kind = String.fromCharCode(head[156] ?? 0);
  if (kind !== '0' && kind !== '\0') throw bundleRefused(`${quoted(name)} is not a plain file`);
  if (text(head, 345, 500) !== '') throw bundleRefused(`the name ending in ${quoted(name)} is too long`);
  const size = octal(head, 124, 136);
  if (size === null) throw bundleRefused(`the size of ${quoted(name)} cannot be read`);
  return { name, size };
}

/** Sum of the header's bytes, its own place counted as blanks. */
function checksum(head: Uint8Array): number {
  return head.reduce(
    (sum, byte, index) => sum + (index >= CHECKSUM.start && index < CHECKSUM.end ? 32 : byte),
    0,
  );
}

function octal(head: Uint8Array, start: number, end: number): number | null {
  const digits = text(head, start, end).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

function text(head: Uint8Array, start: number, end: number): string {
  return Buffer.from(head.subarray(start, end)).toString('latin1').split('\0')[0] ?? '';
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
