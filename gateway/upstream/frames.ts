const CLOSE = 8;
const MASK_BYTES = 4;
/** A length of 126 or 127 says that the real one follows, in so many bytes. */
const LONG_BYTES: Record<number, number> = { 126: 2, 127: 8 };

/**
 * Finds where one WebSocket frame ends and the next begins (RFC 6455 §5.2), in bytes that come in any pieces. Only
 * headers are looked at, no payload is kept, and nothing that comes is an error.
 */
export class FrameReader {
  readonly #header = Buffer.alloc(14);
  #read = 0;
  #headerSize = 2;
  #payloadLeft = 0;
  /** Whether a close frame began: nothing may follow it. */
  isClosing = false;

  /** Whether what was read ends where a frame ends. */
  get isBetween(): boolean {
    return this.#read === 0;
  }

  /** Reads all of it. */
  skip(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) at = this.next(chunk, at);
  }

  /** Reads to the end of the frame, or of the chunk. @returns where it stopped */
  next(chunk: Uint8Array, from = 0): number {
    let at = from;
    while (at < chunk.length && this.#read < this.#headerSize) {
      this.#header[this.#read++] = chunk[at++]!;
      if (this.#read === 2) this.#headerSize = this.#sizeOfHeader();
      if (this.#read === this.#headerSize) this.#begin();
    }
    if (this.#read < this.#headerSize) return at;
    const taken = Math.min(this.#payloadLeft, chunk.length - at);
    this.#payloadLeft -= taken;
    if (this.#payloadLeft === 0) this.#reset();
    return at + taken;
  }

  #sizeOfHeader(): number {
    const second = this.#header[1]!;
    return 2 + (LONG_BYTES[second & 0x7f] ?? 0) + (second & 0x80 ? MASK_BYTES : 0);
  }

  #begin(): void {
    const short = this.#header[1]! & 0x7f;
    if (short === 127) this.#payloadLeft = Number(this.#header.readBigUInt64BE(2));
    else this.#payloadLeft = short === 126 ? this.#header.readUInt16BE(2) : short;
    if ((this.#header[0]! & 0x0f) === CLOSE) this.isClosing = true;
  }

  #reset(): void {
    this.#read = 0;
    this.#headerSize = 2;
  }
}

/** A close frame as a server sends it. @param reason ASCII, at most 123 bytes */
export function closeFrame(code: number, reason: string): Buffer {
  const frame = Buffer.from(`\x88\0\0\0${reason}`, 'latin1');
  frame[1] = frame.length - 2;
  frame.writeUInt16BE(code, 2);
  return frame;
}
