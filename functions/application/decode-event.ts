import type { Problem } from '../domain/decision';
import { upcast } from '../domain/upcasters';
import {
  type Aggregate,
  canonicalType,
  catalogue,
  catalogueEntry,
  isReservedSource,
  streamOf,
  typesNear,
} from './catalogue';
import { cloudEventParts, isCloudEvent } from './cloud-event';
import type { IncomingEvent } from './incoming-event';
import { isJsonObject, type JsonObject } from './json';
import { checkPayload, subjectField, subjectIn } from './payload-schemas';
import { problem } from './problem';
import { storageProblems } from './storable';
import { instantOf, TIMESTAMP_EXPECTED } from './timestamp';
import { wellFormed } from './well-formed';

/** An event that can never be valid, with as much of its identity as it gives. */
export type InvalidEvent = {
  readonly stream: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly correlationId?: string;
  readonly reason: string;
  readonly problems: readonly Problem[];
};

export type Decoded =
  | { readonly ok: true; readonly event: IncomingEvent }
  | { readonly ok: false; readonly invalid: InvalidEvent };

/** What an event says of itself, whichever form it came in. */
export type EventParts = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly timeOfPut?: true;
  readonly subject?: string;
  readonly data: unknown;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  readonly schemaVersion?: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
};

/** Longer ones find no room in keys. */
const LONGEST_ID = 256;

/** Reads an EventBridge envelope whose `detail` is a CloudEvent (it has `specversion`) or just the payload. Never throws. */
export function decodeEvent(envelope: unknown): Decoded {
  const from = isJsonObject(envelope) ? envelope : {};
  const parts = isCloudEvent(from.detail) ? cloudEventParts(from.detail, bareParts(from)) : bareParts(from);
  const type = canonicalType(parts.type);
  const problems = [...parts.problems, ...identityProblems(parts)];
  if (!type) return invalid(parts, `unknown event type "${cut(parts.type)}"`, [...problems, unknownType(parts.type)]);

  const { aggregate, schemaVersion, recordedWith } = catalogueEntry(type);
  if (recordedWith !== undefined)
    return invalid(parts, `${type} is recorded with ${recordedWith}; it cannot be put`, [
      ...problems,
      problem('type', parts.type, `${recordedWith} of the order: ${type} follows from it`),
    ]);
  const { schemaVersion: stated = schemaVersion } = parts;
  if (stated > schemaVersion) problems.push(problem('schemaversion', stated, versionsOf(type, schemaVersion)));
  const payload = checkPayload(type, isJsonObject(parts.data) ? upcast(type, stated, parts.data).data : parts.data);
  if (!payload.ok) problems.push(...payload.problems);
  problems.push(...storageProblems(parts.data), ...storageProblems(parts.metadata, 'metadata'));
  if (!payload.ok || problems.length > 0)
    return invalid(
      parts,
      `not a valid ${type}: ${[...new Set(problems.map(({ field }) => field))].join(', ')}`,
      problems,
    );

  const subject = (payload.event.data as JsonObject)[subjectField[aggregate]] as string;
  return {
    ok: true,
    event: {
      aggregate,
      subject,
      stream: streamOf(aggregate, subject),
      id: parts.id,
      source: parts.source,
      schemaVersion,
      time: instantOf(parts.time) ?? parts.time,
      ...(parts.timeOfPut && { timeOfPut: true }),
      ...(parts.correlationId !== undefined && { correlationId: parts.correlationId }),
      ...(parts.causationId !== undefined && { causationId: parts.causationId }),
      ...(parts.traceparent !== undefined && { traceparent: parts.traceparent }),
      event: payload.event,
      metadata: {
        ...parts.metadata,
        // The producer's own words, where they are not ours.
        ...(parts.type !== type && { type: parts.type }),
        ...(stated !== schemaVersion && { schemaVersion: stated }),
        ...(parts.subject !== undefined && parts.subject !== subject && { subject: parts.subject }),
      },
    },
  };
}

/** Identity, type and time from the envelope, the payload in `detail`. */
function bareParts(envelope: JsonObject): EventParts {
  const { id, source, time, detail } = envelope;
  const type = envelope['detail-type'];
  const { resources } = envelope;
  return {
    id: textOr(id, ''),
    source: textOr(source, ''),
    type: textOr(type, ''),
    time: textOr(time, ''),
    data: detail,
    metadata: Array.isArray(resources) && resources.length > 0 ? { resources } : {},
    problems: [],
  };
}

function identityProblems({ id, source, time }: EventParts): Problem[] {
  const problems: Problem[] = [];
  for (const [field, value] of Object.entries({ id, source }))
    if (value.length === 0 || value.length > LONGEST_ID)
      problems.push(problem(field, value, `a text of 1 to ${LONGEST_ID} characters`));
  if (isReservedSource(source)) problems.push(problem('source', source, 'a source of your own: this one marks facts'));
  if (instantOf(time) === undefined) problems.push(problem('time', time, TIMESTAMP_EXPECTED));
  return problems;
}

const versionsOf = (type: string, today: number): string =>
  today === 1 ? `1, the only version of ${type}` : `${today}, today's version of ${type}, or an earlier one from 1 on`;

const unknownType = (type: string): Problem => problem('type', type, `one of ${typesNear(type).join(', ')}`);

function invalid(parts: EventParts, reason: string, problems: readonly Problem[]): Decoded {
  const { id, source, type, correlationId } = parts;
  return {
    ok: false,
    invalid: {
      stream: addressee(parts) ?? `unaddressed#${wellFormed(cut(id)) || 'no-id'}`,
      id: wellFormed(id) || 'no-id',
      source: wellFormed(source) || 'no-source',
      type: wellFormed(type),
      ...(correlationId !== undefined && { correlationId: wellFormed(correlationId) }),
      reason: wellFormed(reason),
      problems,
    },
  };
}

/** The stream that an invalid event was meant for, by its type or, for an unknown one, by the ingest that takes it. */
function addressee({ type, data }: EventParts): string | undefined {
  const near = typesNear(type).map((name) => catalogue[name].aggregate);
  const known = canonicalType(type);
  const aggregates = new Set<Aggregate>(known ? [catalogue[known].aggregate] : near);
  if (aggregates.size !== 1) return undefined;
  for (const aggregate of aggregates) {
    const subject = subjectIn(data, subjectField[aggregate]);
    if (subject !== undefined) return streamOf(aggregate, subject);
  }
  return undefined;
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
const cut = (text: string): string => text.slice(0, LONGEST_ID);
