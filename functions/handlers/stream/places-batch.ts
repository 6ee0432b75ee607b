import type { DynamoDBStreamEvent, SQSEvent, SQSRecord } from 'aws-lambda';
import { isJsonObject } from '../../application/json';
import type { EventStore } from '../../application/ports';
import { byStream } from '../../application/read-models/by-stream';
import type { Place } from '../../application/read-models/feed-row';
import type { RecordedEvent } from '../../application/recorded-event';
import type { Telemetry } from '../../application/telemetry';
import { type BatchAnswer, eachOnItsOwn } from '../middleware';

export type TakeUpPorts = { readonly events: Pick<EventStore, 'readMany'>; readonly telemetry: Telemetry };

/** Passes events of one stream on; throws when they have to come again. */
export type Pass = (events: readonly RecordedEvent[]) => Promise<void>;

type Message = { readonly messageId: string; readonly place: Place | Error };

export function isPlacesBatch(event: DynamoDBStreamEvent | SQSEvent): event is SQSEvent {
  const [first] = event.Records as readonly { readonly eventSource?: string }[];
  return first?.eventSource === 'aws:sqs';
}

/**
 * Takes up events again by their places: messages `{"stream": "order#o-1", "version": 3}` of a queue. The bodies come from the
 * event table, in one read. Streams do not wait for each other; the messages of one that fails come back.
 */
export async function takeUp(ports: TakeUpPorts, batch: SQSEvent, pass: Pass): Promise<BatchAnswer> {
  const messages = batch.Records.map((record): Message => ({ messageId: record.messageId, place: placeIn(record) }));
  const places = messages.flatMap(({ place }) => (place instanceof Error ? [] : [place]));
  const streams = byStream(await eventsAt(ports, places));
  const passing = new Map([...streams].map(([stream, events]) => [stream, once(() => pass(events))]));
  return eachOnItsOwn(
    ports.telemetry,
    messages,
    ({ messageId }) => messageId,
    async ({ place }) => {
      if (place instanceof Error) throw place;
      const { stream, version } = place;
      if (!streams.get(stream)?.some((event) => event.version === version))
        throw new Error(`the event table has no version ${version} of ${stream}`);
      await passing.get(stream)?.();
    },
  );
}

/** Each once, in the order of their versions. */
async function eventsAt({ events }: TakeUpPorts, places: readonly Place[]): Promise<readonly RecordedEvent[]> {
  const wanted = new Map(places.map((place) => [`${place.version}@${place.stream}`, place]));
  const found = wanted.size === 0 ? [] : await events.readMany([...wanted.values()]);
  return found.toSorted((one, other) => one.version - other.version);
}

function placeIn({ body }: SQSRecord): Place | Error {
  const message = jsonOf(body);
  const expected = 'expected {"stream": "order#o-1", "version": 3}';
  if (!isJsonObject(message)) return new Error(`the message is ${shortened(body)}; ${expected}`);
  const { stream, version } = message;
  if (typeof stream !== 'string' || stream === '')
    return new Error(`stream is ${shortened(JSON.stringify(stream))}; ${expected}`);
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
    return new Error(`version is ${shortened(JSON.stringify(version))}; ${expected}`);
  return { stream, version };
}

const shortened = (text = 'missing'): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Several messages may be of one stream: what it comes to, it comes to for all of them. */
function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
