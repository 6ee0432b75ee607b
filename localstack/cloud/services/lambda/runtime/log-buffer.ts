import { LogRecorder } from './log-recorder';
import type { LogLine } from './protocol';

const LIVE_DELAY_MS = 250;

/** Gathers what the function prints, until it goes along with the reply; a slow function's lines are sent meanwhile. */
export class LogBuffer {
  readonly #recorder: LogRecorder;
  readonly #send: (lines: LogLine[]) => void;
  #lines: LogLine[] = [];
  #partial = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(memory: SharedArrayBuffer, send: (lines: LogLine[]) => void) {
    this.#recorder = new LogRecorder(memory);
    this.#send = send;
  }

  /** One log event, whatever newlines it has. */
  add(message: string): void {
    const now = Date.now();
    if (!this.#recorder.write(now, message)) this.#flush();
    this.#lines.push([now, message]);
    this.#timer ??= setTimeout(() => this.#flush(), LIVE_DELAY_MS).unref();
  }

  /** Raw output: each line is an event of its own. */
  addRaw(text: string): void {
    if (text.endsWith('\n') && this.#partial === '' && text.indexOf('\n') === text.length - 1) {
      this.add(text);
      return;
    }
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop()!;
    for (const line of lines) this.add(`${line}\n`);
  }

  /** Everything printed so far; the caller sends it. */
  take(): LogLine[] {
    if (this.#partial !== '') {
      const rest = this.#partial;
      this.#partial = '';
      this.add(rest);
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    this.#recorder.clear();
    return lines;
  }

  #flush(): void {
    const lines = this.take();
    if (lines.length > 0) this.#send(lines);
  }
}
