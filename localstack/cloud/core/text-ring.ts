/** Where a text stands in the ring, as long as nothing newer has taken its place. */
export type Place = { readonly lap: number; readonly start: number; readonly end: number };

/**
 * The newest texts, in a fixed number of bytes outside of the heap: what is kept for a while and seldom read must not be
 * work for the garbage collector.
 */
export class TextRing {
  readonly #bytes: Buffer;
  #lap = 0;
  #head = 0;

  /** Bytes. */
  constructor(capacity: number) {
    // The pages of it that were never written to take no memory.
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Keeps a text, or the first quarter of the ring of it. */
  put(text: string): Place {
    const size = Math.min(Buffer.byteLength(text), this.#bytes.length >> 2);
    if (this.#head + size > this.#bytes.length) {
      this.#lap++;
      this.#head = 0;
    }
    const start = this.#head;
    this.#head += this.#bytes.write(text, start, size);
    return { lap: this.#lap, start, end: this.#head };
  }

  /** Whether a text is still there. */
  has({ lap, start }: Place): boolean {
    return lap === this.#lap || (lap === this.#lap - 1 && start >= this.#head);
  }

  /** The text at a place; whatever stands there now when `has` says no. */
  get({ start, end }: Place): string {
    return this.#bytes.toString('utf8', start, end);
  }
}
