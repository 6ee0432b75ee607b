import type { DomainEvent } from '../../application/aggregates';
import { aggregateOf, canonicalType, catalogue, subjectOf } from '../../application/catalogue';
import { type Decoded, decodeEvent } from '../../application/decode-event';
import type { OpenDelivery } from '../../application/open-delivery';
import type { Vault } from '../../application/ports';
import { contentOf, isSealedEvent, type SealedEvent } from './sealed-item';

/**
 * Opens what comes out of the Inbox. What nobody can read any more is still decided, by its identity and its type: it may be in
 * its stream already, and if not, its user has been deleted, which is what the decider then says.
 */
export function makeOpenDelivery(vault: Vault): OpenDelivery {
  return async (envelope) => {
    if (!isSealedEvent(envelope)) return { envelope, decoded: decodeEvent(envelope) };
    const content = contentOf(envelope, await vault.keyOf(envelope.owner), vault);
    if (content) return { envelope: content.event, decoded: decodeEvent(content.event) };
    return { envelope, decoded: unreadable(envelope) };
  };
}

function unreadable({ owner: stream, id, source, type: name, at }: SealedEvent): Decoded {
  const type = canonicalType(name);
  if (aggregateOf(stream) !== 'user' || type === undefined || catalogue[type].aggregate !== 'user') {
    const expected = 'an event whose key has not been destroyed';
    const reason = 'nobody can read any more what it says';
    return {
      ok: false,
      invalid: { stream, id, source, type: name, reason, problems: [{ field: 'detail', expected }] },
    };
  }
  const subject = subjectOf(stream);
  return {
    ok: true,
    event: {
      aggregate: 'user',
      subject,
      stream,
      id,
      source,
      schemaVersion: catalogue[type].schemaVersion,
      time: at,
      event: { type, data: { userId: subject, forgotten: true } } as unknown as DomainEvent,
      metadata: {},
    },
  };
}
