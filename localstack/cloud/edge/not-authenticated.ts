import { AwsError } from '../core/aws-error';
import type { Service } from '../core/service';

/** Nobody issued the key, or not with this session token; its time is over; it was signed with another secret. */
export type AuthenticationFault = 'key' | 'token' | 'expired' | 'signature';

const INVALID = 'The security token included in the request is invalid.';
const EXPIRED = 'The security token included in the request is expired';
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** The codes of AWS's common errors, by protocol. */
const JSON_CODES = {
  key: ['UnrecognizedClientException', INVALID],
  token: ['UnrecognizedClientException', INVALID],
  expired: ['ExpiredTokenException', EXPIRED],
  signature: ['InvalidSignatureException', MISMATCH],
} as const;
const QUERY_CODES = {
  key: ['InvalidClientTokenId', INVALID],
  token: ['InvalidClientTokenId', INVALID],
  expired: ['ExpiredToken', EXPIRED],
  signature: ['SignatureDoesNotMatch', MISMATCH],
} as const;
/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const S3_ERRORS = {
  key: ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403],
  token: ['InvalidToken', 'The provided token is malformed or otherwise invalid.', 400],
  expired: ['ExpiredToken', 'The provided token has expired.', 400],
  signature: [
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    403,
  ],
} as const;

/** How a service says that it does not believe who is calling. */
export function notAuthenticated(fault: AuthenticationFault, { name, protocol }: Service): AwsError {
  switch (protocol.kind) {
    case 'rest-xml': {
      const [code, message, status] = S3_ERRORS[fault];
      return new AwsError(code, message, { status });
    }
    case 'query': {
      const [code, message] = QUERY_CODES[fault];
      return new AwsError(code, message, { status: 403 });
    }
    default: {
      const [code, message] = JSON_CODES[fault];
      // SQS answers as it did with its older query protocol.
      if (name === 'sqs') {
        return new AwsError(code, message, { status: 403, fields: { queryErrorCode: QUERY_CODES[fault][0] } });
      }
      return new AwsError(code, message, { status: protocol.kind === 'json' ? 400 : 403 });
    }
  }
}
