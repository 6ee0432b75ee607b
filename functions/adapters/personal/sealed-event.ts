import { subjectOf } from '../../application/catalogue';
import type { NewEvent, Opened, Snapshot } from '../../application/ports';
import type { EventMetadata, RecordedEvent } from '../../application/recorded-event';
import type { ForgottenUser, Person } from '../../domain/user';

/**
 * An event of a user at rest: `data: {userId, sealed?}`, all fields but the id in one text; `metadata: {fact, commandId?, profile?,
 * snapshot?, sealed?}`, `profile` being e-mail and name as the event leaves them, of a snapshot's state all but id and
 * status, and in `sealed` whatever else came with the event.
 */

type Fields = Readonly<Record<string, unknown>>;
/** Undefined: there is no key any more, so nothing personal is kept. */
export type Seal = (value: unknown) => string | undefined;
export type Open = (sealed: string) => Opened;

export function sealEvent<Event extends NewEvent>(event: Event, profile: Person | undefined, seal: Seal): Event {
  const { userId, ...personal } = event.data;
  const { fact, commandId, snapshot, ...rest } = event.metadata;
  const sealedProfile = profile && seal(profile);
  const metadata: EventMetadata = {
    ...(fact && { fact }),
    ...(commandId !== undefined && { commandId }),
    ...(sealedProfile !== undefined && { profile: sealedProfile }),
    ...(snapshot && { snapshot: sealSnapshot(snapshot, seal) }),
    ...sealedFields(rest, seal),
  };
  return { ...event, data: { userId, ...sealedFields(personal, seal) }, metadata };
}

/** The event as it was sealed; once the key is gone `data: {userId, forgotten: true}`, and of the rest what was plain. */
export function openEvent(event: RecordedEvent, open: Open): RecordedEvent {
  const { sealed, ...data } = event.data;
  const { profile: _, sealed: sealedRest, snapshot, ...metadata } = event.metadata;
  return {
    ...event,
    data: { ...data, ...(opened(sealed, open) ?? { forgotten: true }) },
    metadata: {
      ...metadata,
      ...opened(sealedRest, open),
      ...(snapshot && { snapshot: openSnapshot(event.stream, snapshot, open) }),
    },
  };
}

function sealSnapshot(snapshot: Snapshot, seal: Seal): Snapshot {
  const { status, userId, ...personal } = snapshot.state as Fields;
  return { ...snapshot, state: { status, userId, ...sealedFields(personal, seal) } };
}

export function openSnapshot(stream: string, snapshot: Snapshot, open: Open): Snapshot {
  const { sealed, ...plain } = snapshot.state as Fields;
  const personal = opened(sealed, open);
  const forgotten: ForgottenUser = { status: 'forgotten', userId: subjectOf(stream) };
  return { ...snapshot, state: personal ? { ...plain, ...personal } : forgotten };
}

function sealedFields(fields: Fields, seal: Seal): Fields {
  if (Object.keys(fields).length === 0) return {};
  const sealed = seal(fields);
  return sealed === undefined ? {} : { sealed };
}

/** Undefined: nobody can read it any more. */
function opened(sealed: unknown, open: Open): Fields | undefined {
  if (typeof sealed !== 'string') return {};
  const content = open(sealed);
  return content.forgotten ? undefined : (content.value as Fields);
}
