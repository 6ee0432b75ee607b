import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from './http';

/** What a request was signed for: `20260101/us-east-1/dynamodb`, and the time of signing. */
export type SigningScope = {
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `X-Amz-Date`. */
  readonly time: string;
  /** Names, in small letters and in order. */
  readonly signedHeaders: string;
};

/**
 * The signature, in hex, that this request has when it is signed with `key`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureOf(request: HttpRequest, scope: SigningScope, payloadHash: string, key: Buffer): string {
  const headers = scope.signedHeaders.split(';').map((name) => `${name}:${headerValue(request, name)}`);
  const canonical = [
    request.method,
    // All services but S3 encode the path once more than it is on the wire.
    scope.service === 's3' ? request.path : encodeAgain(request.path),
    canonicalQuery(request.rawQuery),
    ...headers,
    '',
    scope.signedHeaders,
    payloadHash,
  ].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const { date, region, service, time } = scope;
  const text = `AWS4-HMAC-SHA256\n${time}\n${date}/${region}/${service}/aws4_request\n${digest}`;
  return createHmac('sha256', key).update(text).digest('hex');
}

/** The key that a secret gives for a day, a region and a service. */
export function signingKey(secret: string, { date, region, service }: SigningScope): Buffer {
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [date, region, service, 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  return key;
}

/** The query of a presigned request as it was signed: all but the signature itself. */
export const withoutSignature = (rawQuery: string): string =>
  rawQuery.replace(/(^|&)X-Amz-Signature=[^&]*/, '').replace(/^&/, '');

/** `X-Amz-Date`, `20260101T000000Z`, as milliseconds since 1970; NaN for anything else. */
export const parseAmzDate = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

function headerValue({ headers }: HttpRequest, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/\s+/g, ' ');
}

const encodeAgain = (path: string): string => (path === '/' ? path : path.split('/').map(encode).join('/'));

/** By name, then by value. */
function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  const pairs = rawQuery.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
    return [encode(decode(name)), encode(decode(value))] as const;
  });
  pairs.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
