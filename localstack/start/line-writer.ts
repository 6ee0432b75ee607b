/** How long lines wait for each other, in milliseconds: less than a person notices. */
const GATHER_MS = 50;

/** Writes lines together: under load one write per line would cost as much as what the line is about. */
export class LineWriter {
  readonly #out: NodeJS.WritableStream;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length > 0) this.#out.write(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
  }
}
