import type { Context } from 'hono';
import { isReservedSource } from '../../application/catalogue';
import { cloudEventProblems } from '../../application/cloud-event-rules';
import { entryBytes, LARGEST_ENTRY, type PutCloudEvent } from '../../application/event-bus';
import { isJsonObject, type JsonObject } from '../../application/json';
import type { Problem } from '../../application/ports';
import { problem } from '../../application/problem';
import { instantOf } from '../../application/timestamp';
import { invalid } from '../http/problem';
import { binaryEvent, headerOf, isCloudEventHeader } from './binary-mode';
import { type Member, membersAt } from './json-members';
import { bodyText, contentType, headersOf, parseJson, unsupported } from './request';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
/** What the function puts on the bus well within its time. */
const MOST_IN_BATCH = 1000;
/** More tell a producer nothing new. */
const MOST_PROBLEMS = 100;

/**
 * The CloudEvents of a request, by the HTTP protocol binding 1.0.2: structured, batched, or binary (`ce-` headers).
 * By hand: the official SDK would treble the function's bundle; the tests have it as their judge.
 * Throws problem details that name each wrong attribute: by its header in binary mode, as `[2].time` in a batch.
 */
export async function cloudEventsOf(context: Context, now: () => Date): Promise<readonly PutCloudEvent[]> {
  const headers = headersOf(context);
  const type = contentType(headers);
  const events = type?.essence.startsWith('application/cloudevents')
    ? await jsonEvents(context, type.essence)
    : [await inBinaryMode(context)];
  const problems = events.flatMap((one) => one.problems);
  if (problems.length > 0) throw invalid(...problems.slice(0, MOST_PROBLEMS));
  return events.map(({ event }) => {
    const { source, type, time } = event as { source: string; type: string; time?: string };
    return { source, type, time: instantOf(time ?? '') ?? now().toISOString(), event };
  });
}

type Checked = { readonly event: JsonObject; readonly problems: readonly Problem[] };

async function jsonEvents(context: Context, essence: string): Promise<readonly Checked[]> {
  if (essence !== STRUCTURED && essence !== BATCH) throw unsupported(essence, STRUCTURED, BATCH);
  const text = await bodyText(context);
  const value = parseJson(text);
  if (essence === STRUCTURED) {
    if (!isJsonObject(value)) throw invalid(problem('body', value, 'a CloudEvent, which is a JSON object'));
    return [checkedJson(value, membersAt(text, 1)[0] ?? [], '')];
  }
  if (!Array.isArray(value)) throw invalid(problem('body', value, 'a list of CloudEvents'));
  if (value.length > MOST_IN_BATCH)
    throw invalid({
      field: 'body',
      expected: `at most ${MOST_IN_BATCH} CloudEvents in a batch; it has ${value.length}`,
    });
  const odd = value.flatMap((one, index) =>
    isJsonObject(one) ? [] : [problem(`[${index}]`, one, 'a CloudEvent, which is a JSON object')],
  );
  if (odd.length > 0) throw invalid(...odd.slice(0, MOST_PROBLEMS));
  const members = membersAt(text, 2);
  return value.map((one: JsonObject, index) => checkedJson(one, members[index] ?? [], `[${index}].`));
}

function checkedJson(given: JsonObject, members: readonly Member[], prefix: string): Checked {
  const prefixed = (name: string) => `${prefix}${name}`;
  const written = writingProblems(members).map((one) => ({ ...one, field: prefixed(one.field) }));
  const checked = withAllProblems(given, written, prefixed);
  // Null is how the JSON format says that an attribute is not there; of data it is a value.
  const set = Object.entries(given).filter(([name, value]) => value !== null || name === 'data');
  return { ...checked, event: Object.fromEntries(set) };
}

/** What `JSON.parse` does not show: an attribute that stands there twice, or a number that is not written as whole. */
function writingProblems(members: readonly Member[]): Problem[] {
  const seen = new Set<string>();
  return members.flatMap(({ name, text }) => {
    if (seen.has(name)) return [problem(name, undefined, 'it once; here it stands twice')];
    seen.add(name);
    if (name === 'data' || !/^-?\d+[.eE]/.test(text)) return [];
    return [problem(name, Number(text), 'a whole number, without fraction and exponent')];
  });
}

async function inBinaryMode(context: Context): Promise<Checked> {
  const headers = headersOf(context);
  const type = contentType(headers);
  if (!Object.keys(headers).some(isCloudEventHeader))
    throw unsupported(type?.essence, STRUCTURED, BATCH, 'or anything with the ce- headers of a CloudEvent');
  const { event, problems } = binaryEvent(headers, type, new Uint8Array(await context.req.arrayBuffer()));
  return withAllProblems(event, problems, headerOf);
}

/** Each field is named once: what could not be read is not also missing. */
function withAllProblems(event: JsonObject, found: readonly Problem[], nameOf: (attribute: string) => string): Checked {
  const problems = new Map(found.map((one) => [one.field, one]));
  for (const one of [...cloudEventProblems(event), ...carriageProblems(event)]) {
    const field = nameOf(one.field);
    if (!problems.has(field)) problems.set(field, { ...one, field });
  }
  return { event, problems: [...problems.values()] };
}

/** EventBridge takes no longer `Source`s and `DetailType`s; ids have their place in keys. */
const LONGEST = { id: 256, source: 256, type: 128 } as const;

/** Why a CloudEvent cannot travel on this bus. */
function carriageProblems(event: JsonObject): Problem[] {
  const { source, type } = event;
  const problems = Object.entries(LONGEST).flatMap(([name, longest]) => {
    const value = event[name];
    const isTooLong = typeof value === 'string' && value.length > longest;
    return isTooLong ? [problem(name, value, `at most ${longest} characters: longer ones find no room here`)] : [];
  });
  if (typeof source !== 'string' || typeof type !== 'string') return problems;
  if (isReservedSource(source)) problems.push(problem('source', source, 'a source of your own: this one marks facts'));
  if (source.startsWith('aws.')) problems.push(problem('source', source, 'a source of your own: aws. is AWS’s'));
  const bytes = entryBytes(source, type, JSON.stringify(event));
  if (bytes > LARGEST_ENTRY)
    problems.push(
      problem('data', undefined, `a CloudEvent of at most ${LARGEST_ENTRY} bytes in JSON; it has ${bytes}`),
    );
  return problems;
}
