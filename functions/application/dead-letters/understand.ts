import { isCloudEvent } from '../cloud-event';
import { decodeEvent } from '../decode-event';
import { isJsonObject, type JsonObject } from '../json';
import type { DeadLetter, StreamRange, Undertaker } from './dead-letter';
import type { DeadLetterQueue, Letter } from './queues';

/** Reads a letter, whatever put it there. Never throws: what cannot be understood says why. */
export function understand(queue: DeadLetterQueue, letter: Letter): DeadLetter {
  const body = jsonObjectIn(letter.body);
  if (!body) return unreadable(letter, 'its body is not a JSON object');
  const range = isJsonObject(body.DDBStreamBatchInfo) ? rangeIn(body.DDBStreamBatchInfo) : undefined;
  if (range) return ofStream(letter, body, range);
  if (isPlace(body)) return ofPlace(letter, body);
  if (queue === 'rebuild') return { ...found(letter, body, 'queue'), content: { kind: 'work', says: wordsOf(body) } };
  if (queue === 'insights') return ofFact(letter, body);
  if (queue === 'views' || queue === 'feed')
    return unreadable(letter, 'it is neither a place, {"stream", "version"}, nor a pointer into the stream');
  return ofEvent(letter, body, queue === 'unrouted' ? 'catch-all' : 'queue');
}

/** Everything that can be said without knowing what it is about. */
function found(letter: Letter, body: JsonObject, otherwise: Undertaker) {
  const by: Undertaker =
    letter.movedFrom !== undefined
      ? 'queue'
      : letter.attributes.ERROR_CODE !== undefined
        ? 'rule'
        : isJsonObject(body.requestContext)
          ? 'function'
          : otherwise;
  const error = errorBy(by, letter, body);
  const since = by === 'function' ? (text(body.timestamp) ?? letter.sentAt) : letter.sentAt;
  return { letter, by, since, ...(error !== undefined && { error }) };
}

/** Where each leaves its reason: EventBridge in attributes, Lambda in its record (user guides on dead-letter queues). */
function errorBy(by: Undertaker, { attributes, movedFrom }: Letter, body: JsonObject): string | undefined {
  switch (by) {
    case 'rule':
      return `${attributes.ERROR_CODE}: ${attributes.ERROR_MESSAGE ?? 'no message'}`;
    case 'function':
    case 'stream':
      return failureIn(body);
    case 'queue':
      return movedFrom === undefined
        ? undefined
        : `its reader failed with it too often (${movedFrom.split(':').at(-1)})`;
    case 'projector':
      return text(body.error);
    case 'catch-all':
      return 'no rule takes its detail-type';
  }
}

/** Lambda's record: what the function threw, or why it was not run. */
function failureIn({ requestContext, responseContext, responsePayload }: JsonObject): string {
  const { condition, approximateInvokeCount } = isJsonObject(requestContext) ? requestContext : {};
  const { errorType, errorMessage } = isJsonObject(responsePayload) ? responsePayload : {};
  const { functionError } = isJsonObject(responseContext) ? responseContext : {};
  const thrown = [text(errorType), text(errorMessage)].filter(Boolean).join(': ') || text(functionError);
  const runs = typeof approximateInvokeCount === 'number' ? ` after ${approximateInvokeCount} runs` : '';
  return `${text(condition) ?? 'failed'}${runs}${thrown ? `; ${thrown}` : ''}`;
}

function ofStream(letter: Letter, body: JsonObject, range: StreamRange): DeadLetter {
  return {
    letter,
    by: 'stream',
    content: { kind: 'range', range },
    error: failureIn(body),
    since: text(body.timestamp) ?? letter.sentAt,
  };
}

function ofPlace(letter: Letter, body: JsonObject & { readonly stream: string; readonly version: number }): DeadLetter {
  const { stream, version } = body;
  return { ...found(letter, body, 'projector'), content: { kind: 'place', stream, version }, stream, version };
}

/** An envelope as a rule delivers it, bare or in what Lambda or a redelivery queue puts around it. */
function ofEvent(letter: Letter, body: JsonObject, otherwise: Undertaker): DeadLetter {
  const { event: redelivered, requestPayload, parked, last, retried } = body;
  const envelope = redelivered ?? requestPayload ?? body;
  if (!isJsonObject(envelope)) return unreadable(letter, 'what it carries is not a JSON object');
  const beside: JsonObject =
    redelivered === undefined
      ? {}
      : {
          ...(parked !== undefined && { parked }),
          ...(last === true && { last }),
          ...(retried !== undefined && { retried }),
        };
  return {
    ...found(letter, body, otherwise),
    content: { kind: 'event', envelope, beside },
    ...identityOf(envelope),
  };
}

type Identity = Required<Pick<DeadLetter, 'stream' | 'event'>>;

function identityOf(envelope: JsonObject): Identity {
  const { owner, id, source, type, at } = envelope;
  // Sealed: what it says nobody can read here, but whose it is.
  if (typeof owner === 'string' && 'sealed' in envelope)
    return {
      stream: owner,
      event: { id: text(id) ?? '', source: text(source) ?? '', type: text(type) ?? '', time: text(at) ?? '' },
    };
  const decoded = decodeEvent(envelope);
  if (decoded.ok) {
    const { stream, event, time } = decoded.event;
    return { stream, event: { id: decoded.event.id, source: decoded.event.source, type: event.type, time } };
  }
  const { invalid } = decoded;
  return {
    stream: invalid.stream,
    event: { id: invalid.id, source: invalid.source, type: invalid.type, time: timeIn(envelope) ?? '' },
  };
}

const timeIn = ({ time, detail }: JsonObject): string | undefined =>
  (isCloudEvent(detail) ? text(detail.time) : undefined) ?? text(time);

/** A fact names its place itself: `partitionkey` and `sequence`. */
function ofFact(letter: Letter, body: JsonObject): DeadLetter {
  const { detail } = body;
  if (!isCloudEvent(detail)) return unreadable(letter, 'its detail is not a CloudEvent, as that of a fact is');
  const stream = text(detail.partitionkey);
  const version = Number(detail.sequence);
  const [id, source, type] = [text(detail.id) ?? '', text(detail.source) ?? '', text(detail.type) ?? ''];
  return {
    ...found(letter, body, 'queue'),
    content: { kind: 'fact' },
    ...(stream !== undefined && { stream }),
    ...(Number.isSafeInteger(version) && { version }),
    event: { id, source, type, time: timeIn(body) ?? '' },
  };
}

const unreadable = (letter: Letter, why: string): DeadLetter => ({
  ...found(letter, {}, 'queue'),
  content: { kind: 'unreadable', why },
});

/** `DDBStreamBatchInfo` (Lambda developer guide, "Retaining discarded batches for a DynamoDB event source"). */
function rangeIn(info: JsonObject): StreamRange | undefined {
  const names = [
    'streamArn',
    'shardId',
    'startSequenceNumber',
    'endSequenceNumber',
    'approximateArrivalOfFirstRecord',
    'approximateArrivalOfLastRecord',
  ] as const;
  if (!names.every((name) => typeof info[name] === 'string')) return undefined;
  const named = info as Record<(typeof names)[number], string>;
  return {
    streamArn: named.streamArn,
    shardId: named.shardId,
    firstSequenceNumber: named.startSequenceNumber,
    lastSequenceNumber: named.endSequenceNumber,
    firstArrival: named.approximateArrivalOfFirstRecord,
    lastArrival: named.approximateArrivalOfLastRecord,
    records: typeof info.batchSize === 'number' ? info.batchSize : 1,
  };
}

const isPlace = (body: JsonObject): body is JsonObject & { readonly stream: string; readonly version: number } =>
  typeof body.stream === 'string' && Number.isSafeInteger(body.version);

/** Names and numbers of a piece of work: `projection orders, generation 2, task build, segment 3`; nothing in it is a producer's. */
const wordsOf = (body: JsonObject): string =>
  Object.entries(body)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

function jsonObjectIn(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
