/** OPA's bundle format: a gzipped tar whose names start with `/`, packed the same each time and unpacked in memory. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { FileCollector, LIMITS, fileOf, type BundleFiles } from './archive-files.ts';
import { bundleRefused } from './failure.ts';
import { readTar } from './archive-tar.ts';

/** The archive's bytes. Equal files give equal bytes wherever zlib is the same. */
export async function packArchive(files: BundleFiles): Promise<Uint8Array> {
  const tar = pack();
  for (const name of [...files.keys()].sort()) {
    tar.entry({ name: `/${name}`, mode: 0o600, mtime: new Date(0) }, fileOf(files, name));
  }
  tar.finalize();
  const blocks: Uint8Array[] = [];
  for await (const block of tar) blocks.push(block as Uint8Array);
  return gzipSync(Buffer.concat(blocks), { level: 9 });
}

/** Its files, or a `PolicyFailure` naming what does not belong: nothing is written, followed or guessed. */
export function unpackArchive(archive: Uint8Array): BundleFiles {
  const collector = new FileCollector();
  for (const { name, content } of readTar(gunzip(archive))) {
    if (!name.startsWith('/')) throw bundleRefused(`the name ${JSON.stringify(name)} does not start with /`);
    collector.add(name.slice(1), content);
  }
  return collector.files;
}

function gunzip(archive: Uint8Array): Buffer {
  if (archive.byteLength > LIMITS.archiveBytes) {
    throw bundleRefused(`the archive has ${archive.byteLength} bytes of ${LIMITS.archiveBytes} allowed`);
  }
  const { buffer, engine } = inflate(archive);
  if (engine.bytesWritten !== archive.byteLength) throw bundleRefused('bytes follow the end of the archive');
  return buffer;
}

/** With `info`, zlib also says how much of what it was given it took. */
interface Inflated {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

function inflate(archive: Uint8Array): Inflated {
  try {
    // Room for the files' headers and padding on top of the files themselves.
    const maxOutputLength = LIMITS.bytes + LIMITS.files * 1024;
    return gunzipSync(archive, { info: true, maxOutputLength }) as unknown as Inflated;
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    throw bundleRefused(
      tooLarge ? `it unpacks to more than ${LIMITS.bytes} bytes` : 'it is not whole gzip',
      cause,
    );
  }
}
