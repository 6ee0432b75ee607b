import { createHash } from 'node:crypto';
import type { HttpRequest } from '../../../core/http';
import { parseAmzDate, signatureOf, signingKey, withoutSignature } from '../../../core/sigv4';

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

  if (!signedHeaders.split(';').includes('host')) return undefined;
  const scope = { date: day!, region: region!, service, time: date, signedHeaders };
  return {
    accessKeyId: accessKeyId!,
    region: region!,
    sessionToken: presigned
      ? (request.query.get('X-Amz-Security-Token') ?? undefined)
      : (request.headers['x-amz-security-token'] as string | undefined),
    verifies: (secret, path) => {
      const signed = { ...request, path, rawQuery: withoutSignature(request.rawQuery) };
      return signatureOf(signed, scope, payloadHash(request, presigned), signingKey(secret, scope)) === signature;
    },
  };
}

/** A body whose hash is stated has to have it. */
function payloadHash(request: HttpRequest, presigned: boolean): string {
  const stated = request.headers['x-amz-content-sha256'];
  if (stated === 'UNSIGNED-PAYLOAD') return stated;
  if (presigned && stated === undefined && request.body.length === 0) return sha256('');
  return sha256(request.body);
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
