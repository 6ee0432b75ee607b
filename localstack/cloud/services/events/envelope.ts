import { uuid } from '../../core/ids';
import { parseEventJson } from '../../core/patterns/event-json';
import { mayHoldWrittenNumbers } from '../../core/patterns/numbers';

/** An event on its way: as text for targets, as an object for patterns. */
export type Envelope = {
  readonly id: string;
  /** Milliseconds since 1970, when the cloud took it in. */
  readonly ingestedAt: number;
  /** Milliseconds since 1970, when it happened: `event.time` with the fraction that it does not show. */
  readonly time: number;
  readonly event: EventObject;
  /** An X-Ray trace header. */
  readonly traceHeader?: string;
  /** JSON. */
  text(): string;
};

export type EventObject = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339 in UTC, with whole seconds. */
  readonly time: string;
  readonly region: string;
  /** On its way from an archive: the name of the replay. */
  readonly 'replay-name'?: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
};

export type EventInput = {
  readonly source: string;
  readonly detailType: string;
  readonly detail: EventDetail;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly string[];
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly traceHeader?: string | undefined;
};

/** The detail of an event, read and as it goes out. */
export type EventDetail = { readonly value: object; text(): string };

/** Undefined when it is not the JSON text of an object. */
export function readDetail(text: string): EventDetail | undefined {
  let value: unknown;
  try {
    value = parseEventJson(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // Numbers that a double does not hold go out as they came in; everything else as compact JSON.
  return { value, text: () => (mayHoldWrittenNumbers(text) ? text.trim() : JSON.stringify(value)) };
}

export function makeEnvelope({ detail, traceHeader, ...rest }: EventInput, now: number): Envelope {
  const event: EventObject = {
    version: '0',
    id: uuid(),
    'detail-type': rest.detailType,
    source: rest.source,
    account: rest.account,
    time: wholeSeconds(rest.time),
    region: rest.region,
    resources: rest.resources,
    detail: detail.value,
  };
  let text: string | undefined;
  return {
    id: event.id,
    ingestedAt: now,
    time: rest.time,
    event,
    ...(traceHeader === undefined ? {} : { traceHeader }),
    text: () => {
      text ??= `${head(event)}${detail.text()}}`;
      return text;
    },
  };
}

let lastSecond = Number.NaN;
let lastText = '';

/** RFC 3339. Most events happened in the same second as the one before. */
function wholeSeconds(time: number): string {
  const second = Math.floor(time / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = `${new Date(second * 1_000).toISOString().slice(0, 19)}Z`;
  }
  return lastText;
}

export type StoredEnvelope = Pick<Envelope, 'ingestedAt' | 'time' | 'traceHeader'> & { readonly text: string };

/** An envelope from its text, word for word, or as a replay of it. */
export function restoreEnvelope({ text, ...rest }: StoredEnvelope, replayName?: string): Envelope {
  const event = parseEventJson(text) as EventObject;
  if (replayName === undefined) return { ...rest, id: event.id, event, text: () => text };
  const { resources, detail, ...first } = event;
  const replayed: EventObject = { ...first, 'replay-name': replayName, resources, detail };
  const replayedText = head(replayed) + text.slice(head(event).length);
  return { ...rest, id: event.id, event: replayed, text: () => replayedText };
}

/** Everything before the detail. */
function head(event: EventObject): string {
  const { id, account, time, region } = event;
  const replay = event['replay-name'] === undefined ? '' : `"replay-name":${JSON.stringify(event['replay-name'])},`;
  return (
    `{"version":"0","id":"${id}","detail-type":${JSON.stringify(event['detail-type'])},` +
    `"source":${JSON.stringify(event.source)},"account":"${account}","time":"${time}","region":"${region}",` +
    `${replay}"resources":${JSON.stringify(event.resources)},"detail":`
  );
}
