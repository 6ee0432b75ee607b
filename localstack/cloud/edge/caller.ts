import type { IncomingHttpHeaders } from 'node:http';
import { parseArn } from '../core/arn';
import type { HttpRequest } from '../core/http';
import type { AccessControl } from '../core/peers';
import type { Principal, Service } from '../core/service';
import { notAuthenticated } from './not-authenticated';
import type { SignatureCheck } from './signature-check';

/** What a request's signature says about who signed it, for what. */
export type CredentialScope = {
  readonly accessKeyId: string;
  /** The day of signing, `20260101`. */
  readonly date: string;
  readonly region: string;
  readonly signingName: string;
};

// Bounded, because account and region become parts of store keys.
const HEADER = /Credential=([\w-]{1,128})\/(\d{8})\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,64})\/aws4_request/;

/** The scope of a signed request: from the `Authorization` header, or from the query of a presigned URL. */
export function credentialScope(headers: IncomingHttpHeaders, query: URLSearchParams): CredentialScope | undefined {
  const authorization = headers.authorization;
  const presigned = authorization ? null : query.get('X-Amz-Credential');
  const match = authorization ? HEADER.exec(authorization) : presigned ? HEADER.exec(`Credential=${presigned}`) : null;
  if (!match) return undefined;
  return { accessKeyId: match[1]!, date: match[2]!, region: match[3]!, signingName: match[4]! };
}

/**
 * Who the caller is. Keys that the cloud issued for a role (they begin with `ASIA`) are that role, when the session token
 * and the signature fit; any other key is the developer, root of the account: a 12-digit key id names the account,
 * everything else belongs to `home`, whatever it was signed with.
 */
export function principalOf(
  request: HttpRequest,
  scope: CredentialScope,
  service: Service,
  { home, iam, signatures }: { home: string; iam: AccessControl; signatures: SignatureCheck },
): { account: string; principal: Principal } {
  const issued = iam.issued(scope.accessKeyId);
  if (issued) {
    const token = request.headers['x-amz-security-token'] ?? request.query.get('X-Amz-Security-Token');
    if (token !== issued.sessionToken) throw notAuthenticated('token', service);
    const principal = iam.resolve(scope.accessKeyId);
    if (!principal) throw notAuthenticated('expired', service);
    if (!signatures.verifies(request, scope, issued)) throw notAuthenticated('signature', service);
    return { account: parseArn(principal.arn)?.account ?? home, principal };
  }
  if (scope.accessKeyId.startsWith('ASIA')) throw notAuthenticated('key', service);
  const account = /^\d{12}$/.test(scope.accessKeyId) ? scope.accessKeyId : home;
  return { account, principal: { kind: 'root', arn: `arn:aws:iam::${account}:root` } };
}
