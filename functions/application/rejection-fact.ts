import { FACT_SOURCE, subjectOf } from './catalogue';
import { asAttribute } from './cloud-event-rules';
import type { InvalidEvent } from './decode-event';
import { mayBePersonal } from './personal-streams';
import type { Fact } from './ports';

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
  return {
    type: 'EventRejected',
    time: at,
    detail: {
      specversion: '1.0',
      id: asAttribute(`rejected:${source}:${id}`),
      source: FACT_SOURCE,
      type: 'EventRejected',
      subject: asAttribute(subjectOf(stream)),
      time: at,
      datacontenttype: 'application/json',
      partitionkey: asAttribute(stream),
      correlationid: asAttribute(rejected.correlationId ?? id),
      causationid: asAttribute(id),
      originsource: asAttribute(source),
      data: {
        stream,
        id,
        source,
        type,
        reason,
        problems: personal ? shown.map(({ field, expected }) => ({ field, expected })) : shown,
      },
    },
  };
}
