import type { Context } from 'hono';
import type { Caller } from '../../application/execute-command';
import { isJsonObject, type JsonObject } from '../../application/json';
import { isJsonType, type MediaType, mediaTypeOf } from '../../application/media-type';
import { problem } from '../../application/problem';
import { HttpProblem, invalid } from '../http/problem';

export type Route = {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly answer: (context: Context) => Promise<Response>;
};

/**
 * The headers as they came, by names in lower case. Hono drops empty ones, and percent-encodes those that are not ASCII.
 */
export const headersOf = ({ env, req }: Context): Readonly<Record<string, string>> =>
  (env as FunctionUrlEnv | undefined)?.event?.headers ?? req.header();

/** Who signed the request, as the function URL has found out; where it lets in anybody, from where it came. */
export function callerOf({ env }: Context): Caller {
  const { authorizer, http } = (env as FunctionUrlEnv | undefined)?.event?.requestContext ?? {};
  const principal = authorizer?.iam?.userArn;
  return principal ? { principal } : { principal: 'anonymous', sourceIp: http?.sourceIp ?? 'unknown' };
}

/** As much of what Lambda hands over as is not in the request that Hono makes of it. */
type FunctionUrlEnv = {
  readonly event?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly requestContext?: {
      readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
      readonly http?: { readonly sourceIp?: string };
    };
  };
};

/** The media type of a request; undefined: none given. Throws when it is none, or says that text is not in UTF-8. */
export function contentType(headers: Readonly<Record<string, string>>): MediaType | undefined {
  const header = headers['content-type'];
  if (header === undefined) return undefined;
  const type = mediaTypeOf(header);
  if (!type) throw invalid(problem('content-type', header, 'a media type by RFC 2046, such as application/json'));
  // ASCII is the same in UTF-8. Of texts in another charset a function behind a URL does not get to see the bytes.
  if (type.charset === undefined || type.charset === 'utf-8' || type.charset === 'us-ascii') return type;
  throw unsupported(header, `${type.essence}; charset=utf-8`);
}

/** The JSON object of a command's body; an empty body is an empty object. */
export async function jsonBody(context: Context): Promise<JsonObject> {
  const text = await bodyText(context);
  if (text === '') return {};
  const type = contentType(headersOf(context));
  if (!type || !isJsonType(type)) throw unsupported(type?.essence, 'application/json');
  const value = parseJson(text);
  if (!isJsonObject(value)) throw invalid({ field: 'body', value, expected: 'a JSON object' });
  return value;
}

/** The body, which is UTF-8 or refused: what replaces broken bytes would stand in an event for ever. */
export async function bodyText(context: Context): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await context.req.arrayBuffer());
  } catch {
    throw invalid({ field: 'body', expected: 'text in UTF-8' });
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpProblem(400, 'invalid-json', `the body is not JSON: ${(error as Error).message}`);
  }
}

export const unsupported = (type: string | undefined, ...expected: readonly string[]): HttpProblem =>
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
