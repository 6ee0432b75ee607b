import type { HttpReply, HttpRequest } from '../../../core/http';
import { randomHex } from '../../../core/ids';

/** What a function has put to its ResponseURL. */
type Waiting = { readonly token: string; readonly take: (body: string) => void };

/** Hours that AWS gives a ResponseURL are two; whoever waits here has given up by then. */
const EXPIRES_SECONDS = 7_200;

/**
 * The ResponseURLs of custom resources that wait for an answer: presigned URLs of an S3 bucket of CloudFormation's own, as
 * functions expect them. There is no such bucket: the answer goes to the one who waits for it.
 */
export class CustomResponses {
  readonly #waiting = new Map<string, Waiting>();

  /** Hands the body of the answer to `take`, once. `key`: `<stack id>|<logical id>|<request id>`. */
  expect(key: string, region: string, take: (body: string) => void): { url: string; cancel: () => void } {
    const token = randomHex(64);
    this.#waiting.set(key, { token, take });
    return { url: responseUrl(key, region, token), cancel: () => this.#waiting.delete(key) };
  }

  /** Answers a request that was sent to a ResponseURL, as S3 does. */
  receive({ method, path, query, body }: HttpRequest): HttpReply {
    const key = decodeURIComponent(path.slice(1));
    const waiting = this.#waiting.get(key);
    if (method !== 'PUT') return refused(405, 'MethodNotAllowed', 'The specified method is not allowed.');
    // Late answers and second ones are taken, as S3 takes them, and change nothing.
    if (!waiting) return query.has('X-Amz-Signature') ? { status: 200 } : refused(403, 'AccessDenied', 'Access Denied');
    if (query.get('X-Amz-Signature') !== waiting.token) {
      return refused(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.');
    }
    this.#waiting.delete(key);
    waiting.take(body.toString('utf8'));
    return { status: 200 };
  }
}

function responseUrl(key: string, region: string, token: string): string {
  const host =
    region === 'us-east-1'
      ? 'cloudformation-custom-resource-response-useast1.s3.amazonaws.com'
      : `cloudformation-custom-resource-response-${region.replaceAll('-', '')}.s3.${region}.amazonaws.com`;
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Expires': String(EXPIRES_SECONDS),
    'X-Amz-Signature': token,
  });
  return `https://${host}/${encodeURIComponent(key)}?${query}`;
}

const refused = (status: number, code: string, message: string): HttpReply => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});
