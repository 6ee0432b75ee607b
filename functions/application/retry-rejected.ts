import { type Aggregate, aggregateOf, catalogue, typesNear } from './catalogue';
import { isCloudEvent } from './cloud-event';
import { jsonOf } from './cloud-event-rules';
import { decodeEvent } from './decode-event';
import { isJsonObject, type JsonObject } from './json';
import { mergePatch } from './merge-patch';
import type { InboxItem } from './ports';

/** What is to be put right in an event: fields of its payload (a merge patch, RFC 7396), its type. */
export type Fix = { readonly data?: JsonObject; readonly type?: string };

/** The EventBridge envelope as it came, put right; where its `detail` is a CloudEvent, that. */
export function fixedEvent(envelope: unknown, { data, type }: Fix): JsonObject {
  const from = isJsonObject(envelope) ? envelope : {};
  const { detail } = from;
  if (!isCloudEvent(detail))
    return {
      ...from,
      ...(type !== undefined && { 'detail-type': type }),
      ...(data && { detail: mergePatch(detail, data) }),
    };
  if (!data) return { ...from, detail: { ...detail, ...(type !== undefined && { type }) } };
  const { data_base64: base64, ...event } = detail;
  const payload = typeof base64 === 'string' ? jsonOf(base64)?.value : event.data;
  return { ...from, detail: { ...event, ...(type !== undefined && { type }), data: mergePatch(payload, data) } };
}

/** Whose ingest is to decide the event: by its type, else by the stream it was meant for; undefined: neither says. */
export function ingestOf(envelope: unknown, stream: string): Aggregate | undefined {
  const decoded = decodeEvent(envelope);
  if (decoded.ok) return decoded.event.aggregate;
  const near = new Set<Aggregate>(typesNear(decoded.invalid.type).map((type) => catalogue[type].aggregate));
  const [only] = near;
  return near.size === 1 ? only : aggregateOf(stream);
}

/** Sends rejected events to their ingest, to be decided anew. */
export interface Retries {
  /**
   * At least once. The ingest removes `rejected` when it has decided `event`, unless it rejects it again: nothing is lost
   * when either dies in between.
   */
  send(ingest: Aggregate, event: JsonObject, rejected: InboxItem): Promise<void>;
}
