import type { Problem } from '../domain/decision';
import type { EventParts } from './decode-event';
import { isJsonObject, type JsonObject } from './json';
import { problem } from './problem';

export const isCloudEvent = (detail: unknown): detail is JsonObject => isJsonObject(detail) && 'specversion' in detail;

/** The attributes of the core (CloudEvents 1.0.2, section 3.1) and of the JSON format. */
const CORE = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'dataschema',
  'data',
  'data_base64',
]);
/** Extensions that have a place of their own in a recorded event. */
const PLACED = new Set(['correlationid', 'causationid', 'traceparent', 'schemaversion']);

/** W3C trace context, version 00. Any other is kept as an extension, and starts no trace. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * What a CloudEvent (JSON format, in `detail`) says of itself. `envelope` stands in for what it leaves out: its time, and,
 * where it lacks what it must have, the identity that the rejection is recorded under.
 */
export function cloudEventParts(event: JsonObject, envelope: EventParts): EventParts {
  const problems: Problem[] = [];
  const required = (name: string, otherwise: string): string => {
    const value = event[name];
    if (typeof value === 'string' && value.length > 0) return value;
    problems.push(problem(name, value, 'a text, as CloudEvents 1.0 requires'));
    return otherwise;
  };
  const optional = (name: string): string | undefined => {
    const value = event[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value.length > 0 && value.length <= 256) return value;
    problems.push(problem(name, value, 'a text of 1 to 256 characters'));
    return undefined;
  };

  if (event.specversion !== '1.0') problems.push(problem('specversion', event.specversion, '"1.0"'));
  const traceparent = optional('traceparent');
  const traced = traceparent !== undefined && TRACEPARENT.test(traceparent);
  const schemaVersion = versionOf(event.schemaversion, problems);
  const extensions = Object.fromEntries(
    Object.entries(event).filter(
      ([name]) => !CORE.has(name) && (!PLACED.has(name) || (name === 'traceparent' && !traced)),
    ),
  );
  const subject = optional('subject');
  const dataschema = optional('dataschema');
  const correlationId = optional('correlationid');
  const causationId = optional('causationid');
  return {
    id: required('id', envelope.id),
    source: required('source', envelope.source),
    type: required('type', envelope.type),
    time: optional('time') ?? envelope.time,
    ...(subject !== undefined && { subject }),
    data: dataOf(event, problems),
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

/** `schemaversion` as an integer, or its text: binary HTTP headers have no integers. */
function versionOf(value: unknown, problems: Problem[]): number | undefined {
  if (value === undefined || value === null) return undefined;
  const version = Number(value);
  if ((typeof value === 'string' || typeof value === 'number') && Number.isSafeInteger(version) && version > 0)
    return version;
  problems.push(problem('schemaversion', value, 'a whole number, 1 or more'));
  return undefined;
}

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\s*(;|$)/i;

function dataOf(event: JsonObject, problems: Problem[]): unknown {
  const contentType = event.datacontenttype ?? 'application/json';
  if (typeof contentType !== 'string' || !JSON_TYPE.test(contentType))
    problems.push(problem('datacontenttype', contentType, 'application/json'));
  if (event.data_base64 === undefined) return event.data;
  try {
    const bytes = Uint8Array.from(atob(String(event.data_base64)), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    problems.push(problem('data_base64', event.data_base64, 'JSON in base64'));
    return undefined;
  }
}
