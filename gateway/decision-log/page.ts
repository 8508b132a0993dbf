const FIRST_BYTES = 4096;
/** UTF-8 bytes of one UTF-16 unit, at most. */
const MOST_BYTES = 3;

/** Text as the bytes that are written. A line is turned into bytes while it is still at hand, and let go. */
export class Page {
  #memory = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Good until something is added. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  add(text: string): this {
    this.#makeRoom(text.length * MOST_BYTES);
    this.#length += this.#memory.write(text, this.#length, 'utf8');
    return this;
  }

  addBytes(bytes: Buffer): this {
    this.#makeRoom(bytes.length);
    this.#length += bytes.copy(this.#memory, this.#length);
    return this;
  }

  /** Forgets what lies behind so many bytes; the memory is used again. */
  cut(length: number): void {
    this.#length = length;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#memory.length) return;
    const larger = Buffer.allocUnsafe(needed * 2);
    this.#memory.copy(larger, 0, 0, this.#length);
    this.#memory = larger;
  }
}
