/** How often it is shown: to a person, and in a log. */
const EVERY_MS = { terminal: 100, log: 5_000 };

/** How far long work has come: one line that changes on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  #shownAt: number | undefined;
  #isOpen = false;

  constructor(
    private readonly stream: { readonly isTTY?: boolean; write(text: string): unknown },
    private readonly now: () => number,
  ) {}

  show(text: string): void {
    const now = this.now();
    // What is done at once needs no progress.
    this.#shownAt ??= now;
    if (now - this.#shownAt < (this.stream.isTTY ? EVERY_MS.terminal : EVERY_MS.log)) return;
    this.#shownAt = now;
    this.#isOpen = this.stream.isTTY === true;
    this.stream.write(this.#isOpen ? `\r\x1b[K${text}` : `${text}\n`);
  }

  end(): void {
    if (this.#isOpen) this.stream.write('\r\x1b[K');
    this.#isOpen = false;
  }
}
