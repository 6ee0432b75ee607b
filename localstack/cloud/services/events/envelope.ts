import { uuid } from '../../core/ids';
import { parseEventJson } from '../../core/patterns/event-json';
import { mayHoldWrittenNumbers } from '../../core/patterns/numbers';

/** An event on its way: as text for targets, as an object for patterns. */
export type Envelope = {
  readonly id: string;
  /** Milliseconds since 1970, when the cloud took it in. */
  readonly ingestedAt: number;
  readonly event: EventObject;
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
};

/** The detail of an event, read and as it goes out. */
export type EventDetail = { readonly value: object; readonly text: string };

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
  return { value, text: mayHoldWrittenNumbers(text) ? text.trim() : JSON.stringify(value) };
}

export function makeEnvelope(input: EventInput, now: number): Envelope {
  const { detail, ...rest } = input;
  const event: EventObject = {
    version: '0',
    id: uuid(),
    'detail-type': rest.detailType,
    source: rest.source,
    account: rest.account,
    time: `${new Date(rest.time).toISOString().slice(0, 19)}Z`,
    region: rest.region,
    resources: rest.resources,
    detail: detail.value,
  };
  let text: string | undefined;
  return {
    id: event.id,
    ingestedAt: now,
    event,
    text: () => {
      text ??= `${JSON.stringify({ ...event, detail: undefined }).slice(0, -1)},"detail":${detail.text}}`;
      return text;
    },
  };
}
