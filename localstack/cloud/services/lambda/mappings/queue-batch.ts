import type { ReceivedMessage } from '../../../core/peers';
import { queueRecord } from './queue-event';
import { MAX_EVENT_BYTES } from './stream-event';

type Gathered = { readonly message: ReceivedMessage; readonly text: string };

/** Messages that were received and not handed to the function yet, up to what one event can hold. */
export class QueueBatch {
  readonly #batchSize: number;
  readonly #queueArn: string;
  #gathered: Gathered[] = [];
  #bytes = 0;

  constructor(batchSize: number, queueArn: string) {
    this.#batchSize = batchSize;
    this.#queueArn = queueArn;
  }

  get isEmpty(): boolean {
    return this.#gathered.length === 0;
  }

  get isFull(): boolean {
    return this.room <= 0 || this.#bytes > MAX_EVENT_BYTES;
  }

  /** How many more messages a batch may have. */
  get room(): number {
    return this.#batchSize - this.#gathered.length;
  }

  add(message: ReceivedMessage): void {
    const text = queueRecord(message, this.#queueArn);
    this.#gathered.push({ message, text });
    this.#bytes += Buffer.byteLength(text) + 1;
  }

  /** The messages for one event; what does not fit stays. */
  take(): Gathered[] {
    let bytes = 0;
    let count = 0;
    for (const { text } of this.#gathered) {
      const size = Buffer.byteLength(text) + 1;
      if (count > 0 && bytes + size > MAX_EVENT_BYTES) break;
      bytes += size;
      count++;
    }
    this.#bytes -= bytes;
    return this.#gathered.splice(0, count);
  }

  /** Everything, for giving it back. */
  clear(): ReceivedMessage[] {
    this.#bytes = 0;
    return this.#gathered.splice(0).map(({ message }) => message);
  }
}
