import type { LogLine } from './protocol';

const HEADER = 4;
const LINE_HEADER = 12;
const encoder = new TextEncoder();

/** How much a thread may print between two of its messages before it has to send what it has. */
export const RECORDER_BYTES = 32 * 1024;

/**
 * A black box: lines that a thread has printed and not sent yet, in memory that outlives it. Written with every
 * line, read only when the thread died (timeout, `process.exit`, out of memory).
 */
export class LogRecorder {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#view = new DataView(memory);
    this.#bytes = new Uint8Array(memory);
  }

  /** False when there is no room. */
  write(timestamp: number, message: string): boolean {
    const used = this.#view.getUint32(0);
    const at = HEADER + used;
    const room = this.#bytes.length - at - LINE_HEADER;
    if (room < message.length * 3) return false;
    const { written } = encoder.encodeInto(message, this.#bytes.subarray(at + LINE_HEADER));
    this.#view.setFloat64(at, timestamp);
    this.#view.setUint32(at + 8, written);
    this.#view.setUint32(0, used + LINE_HEADER + written);
    return true;
  }

  clear(): void {
    this.#view.setUint32(0, 0);
  }

  read(): LogLine[] {
    const lines: LogLine[] = [];
    const end = HEADER + this.#view.getUint32(0);
    for (let at = HEADER; at < end; ) {
      const length = this.#view.getUint32(at + 8);
      const text = Buffer.from(this.#bytes.slice(at + LINE_HEADER, at + LINE_HEADER + length)).toString('utf8');
      lines.push([this.#view.getFloat64(at), text]);
      at += LINE_HEADER + length;
    }
    return lines;
  }
}
