import { FACT_SOURCE } from '../application/catalogue';
import type { Fact } from '../application/ports';
import type { RecordedEvent } from '../application/recorded-event';
import { upcasted } from '../application/upcasted';

/**
 * An event as other services see it: CloudEvents 1.0, self-sufficient by `metadata.fact`. `sequence` is the version
 * within `partitionkey` (the stream), as the CloudEvents extensions of these names have it; both together are the id,
 * since two producers may use the same. The producer's own identity is `originid` and `originsource`.
 */
export function factOf(recorded: RecordedEvent): Fact {
  const event = upcasted(recorded);
  return {
    type: event.type,
    time: event.time,
    detail: {
      specversion: '1.0',
      id: `${event.stream}@${event.version}`,
      source: FACT_SOURCE,
      type: event.type,
      subject: event.subject,
      time: event.time,
      recordedat: event.recordedAt,
      datacontenttype: 'application/json',
      sequence: String(event.version),
      sequencetype: 'Integer',
      partitionkey: event.stream,
      correlationid: event.correlationId,
      causationid: event.causationId,
      schemaversion: event.schemaVersion,
      ...(event.traceparent ? { traceparent: event.traceparent } : {}),
      originid: event.id,
      originsource: event.source,
      data: { ...publicData(event), ...event.metadata.fact },
    },
  };
}

/**
 * The bus is archived and copied by others, where a deletion cannot follow: of a user's events only the user's id goes
 * out, and what the writer noted for the fact. A list of what may go, so that a new personal field stays in by itself.
 */
function publicData({ stream, data }: RecordedEvent): Readonly<Record<string, unknown>> {
  return stream.startsWith('user#') ? { userId: data.userId } : data;
}
