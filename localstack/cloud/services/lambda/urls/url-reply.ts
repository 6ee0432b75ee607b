import type { HttpReply } from '../../../core/http';

const INTERNAL_ERROR: HttpReply = {
  status: 502,
  headers: { 'content-type': 'application/json' },
  body: 'Internal Server Error',
};

/**
 * What the caller gets for a function's result: an object with `statusCode` describes the answer, anything else is
 * the body, as JSON (a text as it is). https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function urlReply(payload: string, requestId: string): HttpReply {
  const result = JSON.parse(payload) as unknown;
  const own = { 'x-amzn-requestid': requestId };
  if (!describesReply(result)) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json', ...own },
      body: typeof result === 'string' ? result : payload,
    };
  }
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return internalError(requestId);
  const headers: Record<string, string | string[]> = { 'content-type': 'application/json', ...own };
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    // Node counts the bytes itself.
    if (name.toLowerCase() !== 'content-length') headers[name.toLowerCase()] = String(value);
  }
  if (Array.isArray(result.cookies) && result.cookies.length > 0) headers['set-cookie'] = result.cookies.map(String);
  return { status, headers, body: bodyOf(result) };
}

export const internalError = (requestId: string): HttpReply => ({
  ...INTERNAL_ERROR,
  headers: { ...INTERNAL_ERROR.headers, 'x-amzn-requestid': requestId },
});

type Described = {
  readonly statusCode: unknown;
  readonly headers?: Record<string, unknown>;
  readonly cookies?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
};

function describesReply(result: unknown): result is Described {
  return typeof result === 'object' && result !== null && 'statusCode' in result;
}

function bodyOf({ body, isBase64Encoded }: Described): string | Buffer {
  if (body === undefined || body === null) return '';
  if (typeof body !== 'string') return JSON.stringify(body);
  return isBase64Encoded ? Buffer.from(body, 'base64') : body;
}
