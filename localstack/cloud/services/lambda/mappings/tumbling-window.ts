import type { StreamRecord } from '../../../core/peers';
import { createdAt, type StreamEvent, streamEvent } from './stream-event';

/** From `start` until before `end`, in milliseconds since 1970. */
type Span = { readonly start: number; readonly end: number };

/** A window that the function has seen records of. */
export type OpenWindow = Span & {
  /** What the function returned last: a JSON object. */
  readonly state: string;
  /** The state has become too large: the window ends before its time. */
  readonly early?: true;
};

/** The state that a window begins with. */
const NO_STATE = '{}';
/** Above it, a window is terminated early. */
const MAX_STATE_BYTES = 1024 * 1024;

/**
 * The tumbling windows of one shard: the function gets, with each batch, what it returned with the one before, and a
 * last invocation without records when the window is over.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export class TumblingWindows {
  readonly #length: number;
  readonly #place: { readonly shardId: string; readonly streamArn: string };
  open: OpenWindow | undefined;

  /** `seconds`: how long each window is. They begin at multiples of that since 1970. */
  constructor(
    seconds: number,
    place: { readonly shardId: string; readonly streamArn: string },
    open: OpenWindow | undefined,
  ) {
    this.#length = seconds * 1000;
    this.#place = place;
    this.open = open;
  }

  /** The window that a record belongs to: the open one, if it fits. */
  spanOf(record: StreamRecord): OpenWindow {
    const at = createdAt(record);
    if (this.open && isIn(this.open, at)) return this.open;
    const start = Math.floor(at / this.#length) * this.#length;
    return { start, end: start + this.#length, state: NO_STATE };
  }

  /** Whether the open window is over at `now`, when `next` is the next record. */
  isOver(now: number, next: StreamRecord | undefined): boolean {
    if (!this.open) return false;
    if (this.open.early) return true;
    return next ? !isIn(this.open, createdAt(next)) : now >= this.open.end;
  }

  event(records: readonly StreamRecord[], window: OpenWindow): StreamEvent {
    return streamEvent(records, this.#place.streamArn, this.#members(window, false));
  }

  /** The last invocation for a window. */
  finalEvent(window: OpenWindow, causes: readonly string[]): StreamEvent {
    const payload = `{"Records":[]${this.#members(window, true)}}`;
    return { payload, records: 0, about: [window.state], causes };
  }

  #members({ start, end, state, early }: OpenWindow, final: boolean): string {
    const { shardId, streamArn } = this.#place;
    const rest = {
      window: { start: isoSeconds(start), end: isoSeconds(end) },
      shardId,
      eventSourceARN: streamArn,
      isFinalInvokeForWindow: final,
      isWindowTerminatedEarly: final && early === true,
    };
    return `,"state":${state},${JSON.stringify(rest).slice(1, -1)}`;
  }
}

/** The window after the function has answered; undefined when the answer has no state, which is a failure. */
export function windowAfter({ start, end }: OpenWindow, payload: string): OpenWindow | undefined {
  let state: unknown;
  try {
    state = (JSON.parse(payload) as { state?: unknown } | null)?.state;
  } catch {
    return undefined;
  }
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return undefined;
  const text = JSON.stringify(state);
  return { start, end, state: text, ...(Buffer.byteLength(text) > MAX_STATE_BYTES ? { early: true } : {}) };
}

const isIn = ({ start, end }: Span, at: number): boolean => at >= start && at < end;

const isoSeconds = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
