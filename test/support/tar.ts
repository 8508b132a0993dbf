/** Tars as nobody should write them: every field of a header is the caller's to choose. */
export interface TarEntry {
  name: string;
  content?: Uint8Array | string;
  /** `0` is a plain file. */
  type?: string;
  /** As it stands in the header; default: what the content has. */
  size?: number;
  linkname?: string;
  prefix?: string;
}

const BLOCK = 512;

/** @param end what follows the last entry; by default the two empty blocks that belong there */
export function tarOf(entries: TarEntry[], end: Uint8Array = Buffer.alloc(2 * BLOCK)): Buffer {
  return Buffer.concat([...entries.map(blocksOf), end]);
}

function blocksOf({ name, content = '', type = '0', size, linkname = '', prefix = '' }: TarEntry): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(BLOCK);
  head.write(name, 0, 100, 'latin1');
  head.write('0000600\0', 100);
  head.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
  head.write(type, 156);
  head.write(linkname, 157, 100);
  head.write('ustar\0' + '00', 257);
  head.write(prefix, 345, 155);
  head.fill(' ', 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([head, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}
