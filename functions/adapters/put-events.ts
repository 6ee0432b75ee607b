import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { entryBytes, LARGEST_ENTRY } from '../application/event-bus';
import type { Effects } from '../application/ports';
import { batchesOf } from './batches';

export type BusEntry = {
  readonly source: string;
  readonly detailType: string;
  /** RFC 3339. */
  readonly time: string;
  readonly detail: unknown;
};

/** An entry that the bus has not taken. `code` is EventBridge's. */
export type BusFailure = {
  readonly index: number;
  readonly code: string;
  readonly error: string;
  readonly retryable: boolean;
};

/** Per request (EventBridge quotas); the bytes are of one entry and of all of them together. */
const LIMITS = { count: 10, bytes: LARGEST_ENTRY };
const TRIES = 4;

/** What trying again does not change (API reference, PutEventsResultEntry.ErrorCode). Anything else may pass. */
const FINAL: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'InvalidAccountIdException',
  'InvalidArgument',
  'MalformedDetail',
  'RedactionFailure',
  'NotAuthorizedForSourceException',
  'NotAuthorizedForDetailTypeException',
  'ValidationException',
  'ValidationError',
]);

type Pending = { readonly index: number; readonly entry: PutEventsRequestEntry; readonly bytes: number };

/**
 * Puts entries on a bus, ten a call. PutEvents answers 200 even when it has taken none of them, so each entry's answer is
 * looked at, and those that failed for a passing reason are put again. Never throws for an entry.
 */
export async function putEvents(
  deps: {
    readonly client: EventBridgeClient;
    readonly bus: string;
    readonly effects: Pick<Effects, 'random' | 'sleep'>;
  },
  entries: readonly BusEntry[],
): Promise<readonly BusFailure[]> {
  const failures: BusFailure[] = [];
  const fitting = entries
    .map((entry, index) => pending(deps.bus, entry, index))
    .filter((item) => {
      if (item.bytes <= LIMITS.bytes) return true;
      const error = `${item.bytes} bytes; an entry may have ${LIMITS.bytes}`;
      failures.push({ index: item.index, code: 'EntryTooLarge', error, retryable: false });
      return false;
    });
  for (const batch of batchesOf(fitting, LIMITS, ({ bytes }) => bytes)) failures.push(...(await putBatch(deps, batch)));
  return failures.sort((a, b) => a.index - b.index);
}

async function putBatch(deps: Parameters<typeof putEvents>[0], batch: readonly Pending[]): Promise<BusFailure[]> {
  const final: BusFailure[] = [];
  let left = batch;
  for (let attempt = 1; ; attempt++) {
    const failed = await tryBatch(deps.client, left);
    final.push(...failed.filter(({ retryable }) => !retryable));
    const passing = failed.filter(({ retryable }) => retryable);
    if (passing.length === 0 || attempt === TRIES) return [...final, ...passing];
    const again = new Set(passing.map(({ index }) => index));
    left = left.filter(({ index }) => again.has(index));
    await deps.effects.sleep(deps.effects.random() * 50 * 2 ** attempt);
  }
}

async function tryBatch(client: EventBridgeClient, batch: readonly Pending[]): Promise<BusFailure[]> {
  try {
    const answer = await client.send(new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) }));
    return batch.flatMap(({ index }, i) => {
      const result = answer.Entries?.[i];
      if (result?.EventId) return [];
      return failure(index, result?.ErrorCode ?? 'NoAnswer', result?.ErrorMessage ?? 'the bus did not answer for it');
    });
  } catch (error) {
    const { name, message } = error as Error;
    return batch.map(({ index }) => failure(index, name, message));
  }
}

const failure = (index: number, code: string, message: string): BusFailure => ({
  index,
  code,
  error: `${code}: ${message}`,
  retryable: !FINAL.has(code),
});

function pending(bus: string, { source, detailType, time, detail }: BusEntry, index: number): Pending {
  const text = JSON.stringify(detail);
  const entry = { EventBusName: bus, Source: source, DetailType: detailType, Time: new Date(time), Detail: text };
  return { index, entry, bytes: entryBytes(source, detailType, text) };
}
