const FIRST_BYTES = 256 * 1024;
/** UTF-8 bytes of one UTF-16 unit, at most. */
const MOST_BYTES = 3;

/** Text as the bytes that are written, in memory that is used again for the next batch. */
export class Page {
  #memory = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  /** Forgets what was on it. */
  begin(...texts: string[]): this {
    this.#length = 0;
    for (const text of texts) this.add(text);
    return this;
  }

  add(text: string): this {
    const needed = this.#length + text.length * MOST_BYTES;
    if (needed > this.#memory.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    this.#length += this.#memory.write(text, this.#length, 'utf8');
    return this;
  }

  /** Good until the page is begun again. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }
}
