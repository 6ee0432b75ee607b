import { AwsError } from '../core/aws-error';
import type { HttpRequest } from '../core/http';
import { parseAmzDate, signatureOf, signingKey, withoutSignature } from '../core/sigv4';
import type { CredentialScope } from './caller';

/** A week, in seconds: the longest that AWS lets a URL live. */
const MAX_LIFE = 604_800;

/** Whether the signature of a request stands in its URL. */
export const isPresigned = ({ headers, query }: HttpRequest): boolean =>
  headers.authorization === undefined && (query.has('X-Amz-Credential') || query.has('AWSAccessKeyId'));

/** The scope of a URL that was presigned for S3 by version 2 of the signature, as `aws s3 presign` does for us-east-1. */
export function olderScope({ headers, query }: HttpRequest, region: string): CredentialScope | undefined {
  const accessKeyId = query.get('AWSAccessKeyId');
  if (headers.authorization !== undefined || !query.has('Signature') || !/^[\w-]{1,128}$/.test(accessKeyId ?? '')) {
    return undefined;
  }
  return { accessKeyId: accessKeyId!, date: '', region, signingName: 's3' };
}

/**
 * Checks a presigned URL, as it was received: that it has not expired at `now` and, where the cloud knows the secret of
 * the key that signed it (it does of keys that it issued), that nothing of it was changed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function checkPresigned(request: HttpRequest, secret: string | undefined, now: number): void {
  const { query } = request;
  if (query.has('AWSAccessKeyId')) {
    checkOlder(query, secret, now);
    return;
  }
  const life = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  const signedAt = parseAmzDate(query.get('X-Amz-Date') ?? '');
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || Number.isNaN(signedAt) || !query.has('X-Amz-Signature')) {
    throw malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (!Number.isInteger(life) || life < 0) throw malformed('X-Amz-Expires should be a number');
  if (life > MAX_LIFE) throw malformed('X-Amz-Expires must be less than a week (in seconds) that is 604800');
  const expiresAt = signedAt + life * 1000;
  if (now > expiresAt) throw expired(expiresAt, now, { 'X-Amz-Expires': life });
  if (secret !== undefined && !isSignedWith(secret, request)) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { status: 403 },
    );
  }
}

/** Of version 2 only the developer's own, whose signature nobody could check. */
function checkOlder(query: URLSearchParams, secret: string | undefined, now: number): void {
  if (secret !== undefined) {
    throw new AwsError(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
  const expiresAt = Number(query.get('Expires') ?? Number.NaN) * 1000;
  if (Number.isNaN(expiresAt)) {
    throw new AwsError('AccessDenied', 'Invalid date (should be seconds since epoch)', { status: 403 });
  }
  if (now > expiresAt) throw expired(expiresAt, now);
}

const expired = (expiresAt: number, now: number, more: object = {}) =>
  new AwsError('AccessDenied', 'Request has expired', {
    status: 403,
    fields: { ...more, Expires: iso(expiresAt), ServerTime: iso(now) },
  });

function isSignedWith(secret: string, request: HttpRequest): boolean {
  const { query, headers } = request;
  const [, date = '', region = '', service = ''] = query.get('X-Amz-Credential')!.split('/');
  const scope = {
    date,
    region,
    service,
    time: query.get('X-Amz-Date')!,
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
  };
  const rawQuery = withoutSignature(request.rawQuery);
  const payload = headers['x-amz-content-sha256'] ?? query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  const expected = signatureOf({ ...request, rawQuery }, scope, String(payload), signingKey(secret, scope));
  return expected === query.get('X-Amz-Signature');
}

const iso = (time: number) => new Date(time).toISOString().replace(/\.\d+/, '');

const malformed = (message: string) => new AwsError('AuthorizationQueryParametersError', message);
