/** Spoilt before anything in it is read: the gzip, the tar, the names, the sizes. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { tarOf, type TarEntry } from '../tar.ts';
import { flipped, type Corruption, type SignedBundle } from './bundle.ts';

const NOT_GZIP = /not whole gzip/;
const UNKNOWN = /does not belong into a bundle/;
const NOT_PLAIN = /is not a plain file/;
const FOLLOWED = /bytes follow the end/;

export function corruptArchives({ archive, files }: SignedBundle): Corruption[] {
  const tar = gunzipSync(archive);
  const entries: TarEntry[] = [...files].map(([name, content]) => ({ name: `/${name}`, content }));
  const packed = (name: string, refused: RegExp, tarred: Uint8Array): Corruption => ({
    name,
    refused,
    archive: gzipSync(tarred),
  });
  const added = (name: string, refused: RegExp, ...more: TarEntry[]) =>
    packed(name, refused, tarOf([...entries, ...more]));
  const cut = (share: number) => archive.subarray(0, Math.floor(archive.length * share));

  return [
    { name: 'empty', archive: new Uint8Array(), refused: NOT_GZIP },
    { name: 'not gzip', archive: Buffer.from('<html>404</html>'), refused: NOT_GZIP },
    { name: 'cut off in the gzip header', archive: archive.subarray(0, 7), refused: NOT_GZIP },
    { name: 'cut off after a tenth', archive: cut(0.1), refused: NOT_GZIP },
    { name: 'cut off at half', archive: cut(0.5), refused: NOT_GZIP },
    { name: 'cut off near its end', archive: cut(0.99), refused: NOT_GZIP },
    { name: 'cut off by one byte', archive: archive.subarray(0, -1), refused: NOT_GZIP },
    ...[1, 2, 3, 4, 5].map((seed) => ({
      name: `one bit of the packed bytes turned (seed ${seed})`,
      archive: flipped(archive.subarray(10), seed),
      refused: NOT_GZIP,
    })),
    {
      name: 'bytes after the gzip',
      archive: Buffer.concat([archive, Buffer.from('more')]),
      refused: NOT_GZIP,
    },
    { name: 'zeros after the gzip', archive: Buffer.concat([archive, Buffer.alloc(9)]), refused: FOLLOWED },
    { name: 'a second gzip after the first', archive: Buffer.concat([archive, archive]), refused: FOLLOWED },
    {
      name: 'larger than any bundle',
      archive: Buffer.concat([archive, Buffer.alloc(5 * 2 ** 20, 1)]),
      refused: /of 4194304 allowed/,
    },
    packed('not a tar', /is no tar/, Buffer.alloc(4096, 'tar')),
    packed('a tar of nothing', /not signed/, tarOf([])),
    packed('a tar without its end', /has no end/, tarOf(entries, Buffer.alloc(0))),
    packed('a tar with half its end', /has no end/, tarOf(entries, Buffer.alloc(512))),
    packed('a tar that ends within a file', /ends within|has no end/, tar.subarray(0, 4096)),
    packed('bytes after the tar', FOLLOWED, Buffer.concat([tar, Buffer.alloc(512, 'x')])),
    packed('a tar after the tar', FOLLOWED, Buffer.concat([tar, tar])),
    packed('a damaged header', /a header in it is damaged/, flippedHead(tar)),
    packed('a bomb', /unpacks to more than/, Buffer.alloc(64 * 2 ** 20)),
    packed(
      'a bomb within its files',
      /unpacks to more than/,
      tarOf([...rulesOf(3).map((it) => ({ ...it, content: Buffer.alloc(6 * 2 ** 20) }))]),
    ),
    added('a size no archive has', /ends within/, { name: '/kisum/big.rego', size: 8 ** 11 - 1 }),
    packed('too many files', /more than 256 files/, tarOf(rulesOf(300))),
    added('a file twice', /policy\.wasm is in it twice/, { name: '/policy.wasm', content: 'other' }),
    added('an extra file', UNKNOWN, { name: '/extra.txt', content: 'hello' }),
    added('a second Wasm', UNKNOWN, { name: '/kisum/policy.wasm', content: 'hello' }),
    added('a test among the rules', UNKNOWN, { name: '/kisum/call/call_test.rego', content: 'package x' }),
    added('a symlink', NOT_PLAIN, { name: '/kisum/link.rego', type: '2', linkname: '/etc/passwd' }),
    added('a hard link', NOT_PLAIN, { name: '/kisum/link.rego', type: '1', linkname: '/policy.wasm' }),
    added('a device', NOT_PLAIN, { name: '/kisum/device.rego', type: '3' }),
    added('a pipe', NOT_PLAIN, { name: '/kisum/pipe.rego', type: '6' }),
    added('a folder', NOT_PLAIN, { name: '/kisum/', type: '5' }),
    added('an extended header', NOT_PLAIN, { name: '/x', type: 'x', content: '22 path=/policy.wasm\n' }),
    added('a long-name header', NOT_PLAIN, { name: '././@LongLink', type: 'L', content: '/policy.wasm' }),
    added('a name that climbs out', UNKNOWN, { name: '/../../etc/cron.d/kisum' }),
    added('a name that climbs within', UNKNOWN, { name: '/kisum/../policy.wasm' }),
    added('a name with a dot segment', UNKNOWN, { name: '/./policy.wasm' }),
    added('a name with two slashes', UNKNOWN, { name: '//policy.wasm' }),
    added('a name without its slash', /does not start with \//, { name: 'policy.wasm' }),
    added('a name from elsewhere', /does not start with \//, { name: 'C:\\policy.wasm' }),
    added('a name in capitals', UNKNOWN, { name: '/POLICY.WASM' }),
    added('a name with a line end', UNKNOWN, { name: '/kisum/a\n.rego' }),
    added('a name with a backslash', UNKNOWN, { name: '/kisum\\call.rego' }),
    added('no name', /does not start with \//, { name: '' }),
    added('a huge name', UNKNOWN, { name: `/${'a'.repeat(99)}` }),
    added('a name in two parts', /is too long/, { name: 'call.rego', prefix: '/kisum' }),
  ];
}

function rulesOf(count: number): TarEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `/kisum/r${index}.rego`,
    content: 'package r',
  }));
}

function flippedHead(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  copy[5] = (copy[5] ?? 0) ^ 1;
  return copy;
}
