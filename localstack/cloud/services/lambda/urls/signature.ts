import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../../../core/http';

export type Signed = {
  readonly accessKeyId: string;
  readonly region: string;
  readonly sessionToken: string | undefined;
  readonly verifies: (secret: string, path: string) => boolean;
};

const HEADER = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
/** How far a signature's time may lie off, in milliseconds. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * The SigV4 signature of a request, in the `Authorization` header or in the query (presigned).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 * Undefined when there is none, when it is for another service, or when its time has passed.
 */
export function readSignature(request: HttpRequest, now: number): Signed | undefined {
  const header = HEADER.exec(request.headers.authorization ?? '');
  const presigned = !header && request.query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256';
  const [credential, signedHeaders, signature] = header
    ? [header[1], header[2], header[3]]
    : [
        request.query.get('X-Amz-Credential') ?? undefined,
        request.query.get('X-Amz-SignedHeaders') ?? undefined,
        request.query.get('X-Amz-Signature') ?? undefined,
      ];
  const date = presigned ? request.query.get('X-Amz-Date') : (request.headers['x-amz-date'] as string | undefined);
  if (!credential || !signedHeaders || !signature || !date) return undefined;
  const [accessKeyId, day, region, service, terminator] = credential.split('/');
  if (service !== 'lambda' || terminator !== 'aws4_request' || !date.startsWith(day ?? '-')) return undefined;
  const lifetime = presigned ? Number(request.query.get('X-Amz-Expires') ?? 0) * 1000 : MAX_SKEW_MS;
  const age = now - parseAmzDate(date);
  if (!(age >= -MAX_SKEW_MS && age <= lifetime)) return undefined;

  const headers = signedHeaders.split(';');
  if (!headers.includes('host')) return undefined;
  return {
    accessKeyId: accessKeyId!,
    region: region!,
    sessionToken: presigned
      ? (request.query.get('X-Amz-Security-Token') ?? undefined)
      : (request.headers['x-amz-security-token'] as string | undefined),
    verifies: (secret, path) => {
      const canonical = [
        request.method,
        canonicalPath(path),
        canonicalQuery(request),
        ...headers.map((name) => `${name}:${headerValue(request, name)}`),
        '',
        signedHeaders,
        payloadHash(request, presigned),
      ].join('\n');
      const scope = `${day}/${region}/${service}/aws4_request`;
      const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
      let key: Buffer = Buffer.from(`AWS4${secret}`, 'utf8');
      for (const part of [day!, region!, service, 'aws4_request']) key = hmac(key, part);
      return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'));
    },
  };
}

/** SigV4 (all services but S3) encodes the path once more than it is on the wire. */
function canonicalPath(path: string): string {
  return path.split('/').map(encode).join('/') || '/';
}

function canonicalQuery(request: HttpRequest): string {
  // By name first: `a-b=1` comes after `a=1`, though `-` comes before `=`.
  return [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function headerValue(request: HttpRequest, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/\s+/g, ' ');
}

/** A body whose hash is stated has to have it. */
function payloadHash(request: HttpRequest, presigned: boolean): string {
  const stated = request.headers['x-amz-content-sha256'];
  if (stated === 'UNSIGNED-PAYLOAD') return stated;
  if (presigned && stated === undefined && request.body.length === 0) return sha256('');
  return sha256(request.body);
}

function parseAmzDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
