import { FACT_SOURCE } from './catalogue';
import { asAttribute } from './cloud-event-rules';
import type { Fact } from './ports';

export type SystemEvent = {
  readonly type: 'EventRejected' | 'ProjectionFaulted' | 'DeadLettered';
  /** What is told twice has the same id both times. */
  readonly id: string;
  /** When it happened. RFC 3339. */
  readonly at: string;
  /** What it is about: the aggregate's id, where it is about a stream. */
  readonly subject: string;
  /** The stream that it is about, or what else its like belong together by. */
  readonly partitionKey: string;
  /** The story that it belongs to. Default: it begins one. */
  readonly correlationId?: string | undefined;
  /** The event that it came of. */
  readonly causationId?: string | undefined;
  /** Further attributes: names of lower-case letters and digits. */
  readonly extensions?: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What happened to the system itself, as a CloudEvent under the source of the facts. */
export function systemEvent({ type, id, at, subject, partitionKey, data, ...more }: SystemEvent): Fact {
  const extensions = Object.entries(more.extensions ?? {}).map(([name, value]) => [name, asAttribute(value)]);
  return {
    type,
    time: at,
    detail: {
      specversion: '1.0',
      id: asAttribute(id),
      source: FACT_SOURCE,
      type,
      subject: asAttribute(subject),
      time: at,
      datacontenttype: 'application/json',
      partitionkey: asAttribute(partitionKey),
      correlationid: asAttribute(more.correlationId ?? id),
      ...(more.causationId === undefined ? {} : { causationid: asAttribute(more.causationId) }),
      ...Object.fromEntries(extensions),
      data,
    },
  };
}
