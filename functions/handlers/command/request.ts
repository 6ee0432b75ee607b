import type { Context } from 'hono';
import { isJsonObject, type JsonObject } from '../../application/json';
import { HttpProblem, invalid } from '../http/problem';

export type Route = {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly answer: (context: Context) => Promise<Response>;
};

const JSON_TYPE = /^application\/([\w.+-]+\+)?json$/;

/** The media type of a request, without its parameters. */
export const mediaType = (context: Context): string =>
  (context.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

export const isJsonType = (type: string): boolean => JSON_TYPE.test(type);

/** The JSON object of a command's body; an empty body is an empty object. */
export async function jsonBody(context: Context): Promise<JsonObject> {
  const text = await context.req.text();
  if (text === '') return {};
  const type = mediaType(context);
  if (!isJsonType(type)) throw unsupported(type, 'application/json');
  const value = parseJson(text);
  if (!isJsonObject(value)) throw invalid({ field: 'body', value, expected: 'a JSON object' });
  return value;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpProblem(400, 'invalid-json', `the body is not JSON: ${(error as Error).message}`);
  }
}

export const unsupported = (type: string, ...expected: readonly string[]): HttpProblem =>
  new HttpProblem(
    415,
    'unsupported-media-type',
    `${type || 'a body without content type'} cannot be read here; send ${expected.join(', ')}`,
    {},
    { accept: expected.join(', ') },
  );

const KEY = /^[\x21-\x7e]{1,256}$/;

/** The `Idempotency-Key`; undefined: none given. */
export function idempotencyKey(context: Context): string | undefined {
  const key = context.req.header('idempotency-key');
  if (key === undefined || KEY.test(key)) return key;
  throw invalid({
    field: 'Idempotency-Key',
    value: key.slice(0, 256),
    expected: '1 to 256 visible ASCII characters without spaces',
  });
}

/** The versions of `If-Match: "3"` or `"3", "4"`; undefined: none given, or any (`*`). */
export function matchedVersions(context: Context): readonly number[] | undefined {
  const header = context.req.header('if-match');
  if (header === undefined || header.trim() === '*') return undefined;
  return header.split(',').map((tag) => {
    const version = /^"(\d{1,15})"$/.exec(tag.trim())?.[1];
    if (version !== undefined) return Number(version);
    throw invalid({ field: 'If-Match', value: header, expected: 'the version in quotes, as the ETag gives it: "3"' });
  });
}

/** W3C trace context, version 00; any other starts no trace. */
export function traceparent(context: Context): string | undefined {
  const header = context.req.header('traceparent');
  return header !== undefined && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header) ? header : undefined;
}
