import { subjectOf } from './catalogue';
import type { InvalidEvent } from './decode-event';
import { mayBePersonal } from './personal-streams';
import type { Fact } from './ports';
import { systemEvent } from './system-event';

/** More problems than these tell a producer nothing new; the Inbox item has them all. */
const MOST_PROBLEMS = 20;

/**
 * The system event that tells a producer that its event will never be valid. Its id follows from the rejected event's,
 * so a repeated rejection is the same fact. Of what may be about a person it names the fields, but not the values: no
 * personal data go on the bus.
 */
export function rejectionFact(rejected: InvalidEvent, at: string): Fact {
  const { stream, id, source, type, reason, problems } = rejected;
  const personal = mayBePersonal(stream, type);
  const shown = problems.slice(0, MOST_PROBLEMS);
  return systemEvent({
    type: 'EventRejected',
    id: `rejected:${source}:${id}`,
    at,
    subject: subjectOf(stream),
    partitionKey: stream,
    correlationId: rejected.correlationId ?? id,
    causationId: id,
    extensions: { originsource: source },
    data: {
      stream,
      id,
      source,
      type,
      reason,
      problems: personal ? shown.map(({ field, expected }) => ({ field, expected })) : shown,
    },
  });
}
