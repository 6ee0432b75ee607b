import { createHash } from 'node:crypto';
import type { HttpRequest } from '../core/http';
import type { Credentials } from '../core/peers';
import { signatureOf, signingKey } from '../core/sigv4';
import type { CredentialScope } from './caller';

/** Signing keys are for a day, a region and a service: so many are kept before all are forgotten. */
const MAX_KEYS = 1_000;
const HEADER = /^AWS4-HMAC-SHA256\s+Credential=[^,\s]+,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** Checks the signatures of requests that were signed with credentials of a role. */
export class SignatureCheck {
  readonly #keys = new Map<string, Buffer>();

  /** Of a signature in the header; one in the URL is S3's to check, or Lambda's. The time of signing does not matter. */
  verifies(request: HttpRequest, scope: CredentialScope, credentials: Credentials): boolean {
    const { authorization } = request.headers;
    if (authorization === undefined) return true;
    const [, signedHeaders, signature] = HEADER.exec(authorization) ?? [];
    const time = request.headers['x-amz-date'] ?? request.headers.date;
    if (signedHeaders === undefined || typeof time !== 'string') return false;
    const { region, signingName: service, date } = scope;
    const signedFor = { date, region, service, time, signedHeaders };
    const stated = request.headers['x-amz-content-sha256'];
    const payloadHash = typeof stated === 'string' ? stated : createHash('sha256').update(request.body).digest('hex');
    const name = `${credentials.accessKeyId} ${date} ${region} ${service}`;
    let key = this.#keys.get(name);
    if (!key) {
      if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
      key = signingKey(credentials.secretAccessKey, signedFor);
      this.#keys.set(name, key);
    }
    return signatureOf(request, signedFor, payloadHash, key) === signature;
  }
}
