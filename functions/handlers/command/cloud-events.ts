import type { Context } from 'hono';
import { isReservedSource } from '../../application/catalogue';
import type { PutCloudEvent } from '../../application/event-bus';
import { isJsonObject } from '../../application/json';
import type { Problem } from '../../application/ports';
import { invalid } from '../http/problem';
import { isJsonType, mediaType, parseJson, unsupported } from './request';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

/**
 * The CloudEvents of a request, by the HTTP protocol binding 1.0.2: structured, batched, or binary (`ce-` headers).
 * By hand: the official SDK would treble the function's bundle; the tests have it as their judge.
 * Throws problem details that name each wrong attribute.
 */
export async function cloudEventsOf(context: Context, now: () => Date): Promise<readonly PutCloudEvent[]> {
  const type = mediaType(context);
  if (type === BATCH) {
    const batch = parseJson(await context.req.text());
    if (!Array.isArray(batch)) throw invalid({ field: 'body', value: batch, expected: 'a list of CloudEvents' });
    return checked(batch, now, (index) => `[${index}].`);
  }
  if (type === STRUCTURED) return checked([parseJson(await context.req.text())], now, () => '');
  if (context.req.header('ce-specversion') !== undefined) return checked([await binary(context)], now, () => '');
  throw unsupported(type, STRUCTURED, BATCH, 'application/json with ce- headers');
}

function checked(
  given: readonly unknown[],
  now: () => Date,
  prefix: (index: number) => string,
): readonly PutCloudEvent[] {
  const events = given.map(withoutNulls);
  const problems = events.flatMap((event, index) =>
    problemsOf(event).map((one) => ({ ...one, field: `${prefix(index)}${one.field}` })),
  );
  if (problems.length > 0) throw invalid(...problems);
  return events.map((event) => {
    const { source, type, time } = event as { source: string; type: string; time?: string };
    return { source, type, time: time ?? now().toISOString(), event: event as Record<string, unknown> };
  });
}

/** In the JSON format, null is how an attribute is not there (section 2.2). */
const withoutNulls = (event: unknown): unknown =>
  isJsonObject(event)
    ? Object.fromEntries(Object.entries(event).filter(([name, value]) => value !== null || name === 'data'))
    : event;

/** RFC 3339, section 5.6. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
/** EventBridge takes no longer `Source`s and `DetailType`s. */
const LONGEST = { id: 256, source: 256, type: 128 } as const;

function problemsOf(event: unknown): Problem[] {
  if (!isJsonObject(event)) return [{ field: 'event', value: event, expected: 'a CloudEvent, which is a JSON object' }];
  const problems: Problem[] = [];
  const wrong = (field: string, expected: string) => {
    const value = event[field];
    problems.push({ field, ...(value !== undefined && { value }), expected });
  };
  if (event.specversion !== '1.0') wrong('specversion', '"1.0"');
  for (const [field, longest] of Object.entries(LONGEST)) {
    const value = event[field];
    if (typeof value !== 'string' || value.length === 0 || value.length > longest)
      wrong(field, `a text of 1 to ${longest} characters`);
  }
  if (typeof event.source === 'string' && isReservedSource(event.source))
    wrong('source', 'a source of your own: this one marks facts');
  if (event.time !== undefined && !(typeof event.time === 'string' && isTime(event.time)))
    wrong('time', 'a time by RFC 3339, such as 2026-01-31T12:00:00Z');
  if (event.data !== undefined && event.data_base64 !== undefined)
    wrong('data_base64', 'only one of data and data_base64');
  for (const [name, value] of Object.entries(event))
    if (name !== 'data' && name !== 'data_base64') problems.push(...attributeProblems(name, value));
  return problems;
}

const isTime = (text: string): boolean => TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text));

/** Naming and types of context attributes (CloudEvents 1.0.2, section 3). */
function attributeProblems(name: string, value: unknown): Problem[] {
  if (!/^[a-z0-9]+$/.test(name))
    return [{ field: name, expected: 'an attribute name of lower-case letters and digits' }];
  if (value !== null && typeof value === 'object')
    return [{ field: name, value, expected: 'a text, a whole number or a boolean' }];
  return [];
}

/** Section 3.1: attributes in `ce-` headers (percent-encoded), the body is the data. */
async function binary(context: Context): Promise<Record<string, unknown>> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(context.req.header()))
    if (name.startsWith('ce-')) event[name.slice(3)] = decoded(name, value);
  const type = context.req.header('content-type');
  if (type !== undefined) event.datacontenttype = type;
  const body = await context.req.arrayBuffer();
  if (body.byteLength === 0) return event;
  if (type === undefined || isJsonType(mediaType(context))) event.data = parseJson(new TextDecoder().decode(body));
  else event.data_base64 = Buffer.from(body).toString('base64');
  return event;
}

function decoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw invalid({ field: name, value, expected: 'percent-encoded UTF-8' });
  }
}
