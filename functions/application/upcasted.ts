import { upcast } from '../domain/upcasters';
import { canonicalType, catalogue } from './catalogue';
import type { RecordedEvent } from './recorded-event';

/** An event that a newer release has written: to guess what it says would make a wrong state of it. */
class NewerEvent extends Error {
  readonly code = 'newer-event';

  constructor({ type, version, stream, schemaVersion }: RecordedEvent, known: number) {
    super(
      `${type} (version ${version} of ${stream}): schemaVersion is ${schemaVersion}, expected ${known} at most; a newer release wrote it`,
    );
    this.name = 'NewerEvent';
  }
}

/**
 * The event in today's form, for whoever reads its fields. What was stored is what its hash is of: to verify, take that.
 * An event of a newer form stays as it is.
 */
export function upcasted(event: RecordedEvent): RecordedEvent {
  const { schemaVersion, data } = upcast(event.type, event.schemaVersion, event.data);
  return schemaVersion === event.schemaVersion ? event : { ...event, schemaVersion, data };
}

/** `upcasted`, for a fold: throws `newer-event` instead of folding what it may misread. */
export function understood(event: RecordedEvent): RecordedEvent {
  const today = upcasted(event);
  const type = canonicalType(today.type);
  if (type === undefined || type !== today.type) return today;
  const { schemaVersion: known } = catalogue[type];
  if (today.schemaVersion > known) throw new NewerEvent(event, known);
  return today;
}
