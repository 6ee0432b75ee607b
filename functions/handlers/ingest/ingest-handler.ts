import type { Delivery, Ingest } from '../../application/ingest';
import { isJsonObject } from '../../application/json';
import type { Telemetry } from '../../application/telemetry';
import { type BatchAnswer, eachOnItsOwn, observed } from '../middleware';

type SqsRecord = { readonly messageId: string; readonly body: string; readonly eventSourceARN?: string };
type SqsBatch = { readonly Records: readonly SqsRecord[] };

export type IngestPorts = { readonly ingest: Ingest; readonly telemetry: Telemetry; readonly now: () => number };

/**
 * The handler of every ingest. It is called by a rule, with one event, and by the mapping of its redelivery queue, with a
 * batch of messages. Of these the body is `{event, parked?, last?}`, or, for dead letters that are sent here again, the
 * bare event, or Lambda's failure record around it (`requestPayload`); with `retried`, what was rejected and is to be decided again.
 */
export function makeIngestHandler({ ingest, telemetry, now }: IngestPorts) {
  const take = async (delivery: Delivery): Promise<void> => {
    const start = now();
    const result = await ingest(delivery);
    const durationMs = Math.round(now() - start);
    telemetry.count(METRIC[result.outcome]);
    telemetry.time('ProcessingTime', durationMs);
    if (result.outcome === 'appended' && result.conflicts) telemetry.count('Conflicts', result.conflicts);
    const line = { ...result, durationMs, ...(delivery.parked && { redelivered: true }) };
    if (result.outcome === 'rejected') telemetry.warn('rejected', line);
    else telemetry.info(result.outcome, line);
  };
  return observed(telemetry, async (input: unknown): Promise<BatchAnswer | undefined> => {
    if (isSqsBatch(input))
      return eachOnItsOwn(
        telemetry,
        input.Records,
        ({ messageId }) => messageId,
        (record) => take(deliveryIn(record)),
      );
    await take({ envelope: input });
    return undefined;
  });
}

const METRIC = {
  appended: 'Appended',
  duplicate: 'Duplicate',
  redundant: 'Redundant',
  parked: 'Parked',
  rejected: 'Rejected',
} as const;

const isSqsBatch = (input: unknown): input is SqsBatch =>
  isJsonObject(input) && Array.isArray(input.Records) && input.Records[0]?.eventSource === 'aws:sqs';

function deliveryIn({ body, messageId, eventSourceARN }: SqsRecord): Delivery {
  const message = jsonOf(body);
  // Not even JSON: rejected under the name of the message, so that it can be looked at.
  if (!isJsonObject(message)) return { envelope: { id: messageId, source: eventSourceARN ?? 'sqs', detail: body } };
  const { event, parked, last, retried, requestPayload } = message;
  if (event !== undefined)
    return {
      envelope: event,
      ...(isItem(parked) && { parked }),
      ...(last === true && { last }),
      ...(isItem(retried) && { retried }),
    };
  return { envelope: requestPayload ?? message };
}

type Item = NonNullable<Delivery['parked']>;

const isItem = (item: unknown): item is Item =>
  isJsonObject(item) && [item.stream, item.source, item.id].every((part) => typeof part === 'string');

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
