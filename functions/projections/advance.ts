import type { Projection } from '../application/read-models/projection';
import { type Fault, hasBody, type ViewRow } from '../application/read-models/rows';
import type { RecordedEvent } from '../application/recorded-event';

/** An event as a stream delivers it: its place is known, its body is read when it is needed (and may not be readable). */
export type Delivered = { readonly stream: string; readonly version: number; readonly read: () => RecordedEvent };

/** What is to be done for a stream before its row can move. */
export type Step =
  /** Nothing: all of it is in the row already, or known to wait behind its fault. */
  | { readonly kind: 'settled' }
  /** Versions are missing between the row and the batch: read them from the event table. */
  | { readonly kind: 'gap'; readonly after: number; readonly upTo: number }
  /** Write this row. */
  | { readonly kind: 'write'; readonly row: ViewRow };

/** What the row becomes by these events of its stream, which are in order and without repeats. Pure. */
export function advance(
  projection: Projection,
  row: ViewRow | undefined,
  delivered: readonly Delivered[],
  now: () => Date,
): Step {
  const newest = delivered.at(-1)?.version ?? 0;
  const version = row?.version ?? 0;
  if (row?.fault) {
    if (newest <= row.fault.seen) return { kind: 'settled' };
    return { kind: 'write', row: { ...row, fault: { ...row.fault, seen: newest } } };
  }
  const pending = delivered.filter((event) => event.version > version);
  if (pending.length === 0) return { kind: 'settled' };
  if (pending.some((event, index) => event.version !== version + 1 + index)) {
    return { kind: 'gap', after: version, upTo: newest };
  }
  return { kind: 'write', row: fold(projection, row, pending, now) };
}

/** Stands still at the first event that cannot be folded, and says so. */
function fold(
  projection: Projection,
  row: ViewRow | undefined,
  pending: readonly Delivered[],
  now: () => Date,
): ViewRow {
  let folded = row;
  for (const event of pending) {
    try {
      folded = projection.fold(folded && hasBody(folded) ? folded : undefined, event.read());
    } catch (error) {
      return faulted(folded, event, error, pending.at(-1)?.version ?? event.version, now());
    }
  }
  if (folded === undefined) throw new Error('advance: nothing to fold');
  return folded;
}

export function faulted(
  row: ViewRow | undefined,
  event: Pick<Delivered, 'stream' | 'version'>,
  error: unknown,
  seen: number,
  now: Date,
): ViewRow & { readonly fault: Fault } {
  const fault = { version: event.version, error: reasonOf(error), since: now.toISOString(), seen };
  return { ...(row ?? { stream: event.stream, version: 0 }), fault };
}

/** One line that fits beside a row. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}
