/** A file's lines as bytes: what is hashed is what was written. */
import { open } from 'node:fs/promises';

export interface RawLine {
  /** With its line end; without one when the file ends in the middle of it. */
  bytes: Buffer;
  /** From 1. */
  number: number;
}

const CHUNK_BYTES = 256 * 1024;
/** Longer than any catalog: what has no line end for so long is no log. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The lines of a file, some at a time. Holds one chunk and one line in memory. Throws when a line has no end. */
export async function* rawLines(file: string): AsyncGenerator<RawLine[]> {
  const handle = await open(file, 'r');
  const splitter = new Splitter();
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      yield splitter.split(buffer.subarray(0, bytesRead));
      if (splitter.waiting > MAX_LINE_BYTES) {
        throw new Error(`${file}:${splitter.number + 1} is no line of a decision log: it does not end`);
      }
    }
    if (splitter.waiting > 0) yield [splitter.rest()];
  } finally {
    await handle.close();
  }
}

class Splitter {
  number = 0;
  /** Bytes of the line that has begun. */
  waiting = 0;
  #begun: Buffer[] = [];

  split(chunk: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#wait(chunk.subarray(start, end + 1));
      lines.push(this.rest());
      start = end + 1;
    }
    this.#wait(chunk.subarray(start));
    return lines;
  }

  /** What has begun, as a line. */
  rest(): RawLine {
    const bytes = this.#begun.length === 1 ? this.#begun[0]! : Buffer.concat(this.#begun);
    this.#begun = [];
    this.waiting = 0;
    this.number += 1;
    return { bytes, number: this.number };
  }

  #wait(part: Buffer): void {
    if (part.length === 0) return;
    this.#begun.push(part);
    this.waiting += part.length;
  }
}

export const endsInNewline = (bytes: Buffer): boolean => bytes.at(-1) === NEWLINE;
