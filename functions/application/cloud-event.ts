import { cloudEventProblems, isCore, isUnset, jsonOf } from './cloud-event-rules';
import type { EventParts } from './decode-event';
import { isJsonObject, type JsonObject } from './json';
import { isJsonType, mediaTypeOf } from './media-type';
import type { Problem } from './ports';
import { problem } from './problem';
import { instantOf } from './timestamp';

export const isCloudEvent = (detail: unknown): detail is JsonObject => isJsonObject(detail) && 'specversion' in detail;

/** Extensions that have a place of their own in a recorded event. */
const PLACED = new Set(['correlationid', 'causationid', 'traceparent', 'schemaversion']);

/** W3C trace context, version 00. Any other is kept as an extension, and starts no trace. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Longer ones find no room where they are kept. */
const LONGEST_TEXT = 256;

/**
 * What a CloudEvent (JSON format, in `detail`) says of itself. `envelope` stands in for what it leaves out: its time, and,
 * where it lacks what it must have, the identity that the rejection is recorded under.
 */
export function cloudEventParts(event: JsonObject, envelope: EventParts): EventParts {
  const problems = cloudEventProblems(event);
  const wrong = (name: string, expected: string) => {
    if (!problems.some(({ field }) => field === name)) problems.push(problem(name, event[name], expected));
  };
  const identity = (name: 'id' | 'source' | 'type'): string => {
    const value = event[name];
    return typeof value === 'string' && value !== '' ? value : envelope[name];
  };
  const kept = (name: string): string | undefined => {
    const value = event[name];
    if (isUnset(value)) return undefined;
    if (typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT) return value;
    wrong(name, `a text of 1 to ${LONGEST_TEXT} characters`);
    return undefined;
  };

  const { datacontenttype } = event;
  const time = typeof event.time === 'string' && instantOf(event.time) !== undefined ? event.time : undefined;
  const type = typeof datacontenttype === 'string' ? mediaTypeOf(datacontenttype) : undefined;
  if (type && !isJsonType(type)) wrong('datacontenttype', 'application/json: nothing else becomes an event here');
  const traceparent = kept('traceparent');
  const traced = traceparent !== undefined && TRACEPARENT.test(traceparent);
  const extensions = Object.fromEntries(
    Object.entries(event).filter(
      ([name, value]) => !isCore(name) && !isUnset(value) && (!PLACED.has(name) || (name === 'traceparent' && !traced)),
    ),
  );
  const subject = kept('subject');
  const dataschema = kept('dataschema');
  const correlationId = kept('correlationid');
  const causationId = kept('causationid');
  const schemaVersion = versionOf(event.schemaversion, wrong);
  return {
    id: identity('id'),
    source: identity('source'),
    type: identity('type'),
    time: time ?? envelope.time,
    ...(time === undefined && { timeOfPut: true }),
    ...(subject !== undefined && { subject }),
    data: dataOf(event, problems, wrong),
    ...(correlationId !== undefined && { correlationId }),
    ...(causationId !== undefined && { causationId }),
    ...(traced && { traceparent }),
    ...(schemaVersion !== undefined && { schemaVersion }),
    metadata: {
      ...envelope.metadata,
      ...(dataschema !== undefined && { dataschema }),
      ...(Object.keys(extensions).length > 0 && { extensions }),
    },
    problems,
  };
}

type Wrong = (name: string, expected: string) => void;

/** `schemaversion` as an integer, or its text: binary HTTP headers have no integers. */
function versionOf(value: unknown, wrong: Wrong): number | undefined {
  if (isUnset(value)) return undefined;
  const version = Number(value);
  if ((typeof value === 'string' || typeof value === 'number') && Number.isSafeInteger(version) && version > 0)
    return version;
  wrong('schemaversion', 'a whole number, 1 or more');
  return undefined;
}

function dataOf({ data, data_base64: base64 }: JsonObject, problems: readonly Problem[], wrong: Wrong): unknown {
  if (isUnset(base64)) return data;
  if (problems.some(({ field }) => field === 'data_base64')) return undefined;
  const json = typeof base64 === 'string' ? jsonOf(base64) : undefined;
  if (!json) wrong('data_base64', 'base64 of JSON in UTF-8');
  return json?.value;
}
