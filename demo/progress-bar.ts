/** A bar that redraws itself on a terminal, and on anything else prints a line per tenth. */
export class ProgressBar {
  readonly #total: number;
  readonly #label: string;
  #lastTenth = 0;

  constructor(label: string, total: number) {
    this.#label = label;
    this.#total = total;
  }

  show(done: number): void {
    const share = this.#total === 0 ? 1 : done / this.#total;
    const text = `${this.#label}  ${'█'.repeat(Math.round(share * 30)).padEnd(30, '░')}  ${done}/${this.#total}`;
    if (process.stdout.isTTY) {
      process.stdout.write(`\r${text}${done >= this.#total ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth > this.#lastTenth) {
      this.#lastTenth = tenth;
      process.stdout.write(`${text}\n`);
    }
  }
}
