import type { IncomingHttpHeaders } from 'node:http';
import { parseArn } from '../core/arn';
import { AwsError } from '../core/aws-error';
import type { AccessControl } from '../core/peers';
import type { Principal } from '../core/service';

/** What a request's signature says about who signed it, for what. The signature itself is not checked here. */
export type CredentialScope = {
  readonly accessKeyId: string;
  readonly region: string;
  readonly signingName: string;
};

// Bounded, because account and region become parts of store keys.
const HEADER = /Credential=([\w-]{1,128})\/\d{8}\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,64})\/aws4_request/;

/** The scope of a signed request: from the `Authorization` header, or from the query of a presigned URL. */
export function credentialScope(headers: IncomingHttpHeaders, query: URLSearchParams): CredentialScope | undefined {
  const authorization = headers.authorization;
  const presigned = authorization ? null : query.get('X-Amz-Credential');
  const match = authorization ? HEADER.exec(authorization) : presigned ? HEADER.exec(`Credential=${presigned}`) : null;
  if (!match) return undefined;
  return { accessKeyId: match[1]!, region: match[2]!, signingName: match[3]! };
}

/**
 * Who the caller is. Keys that the cloud issued for a role (they begin with `ASIA`) are that role; any other key is
 * the developer, root of the account: a 12-digit key id names the account, everything else belongs to `home`.
 */
export function principalOf(
  scope: CredentialScope,
  home: string,
  iam: AccessControl,
): { account: string; principal: Principal } {
  const issued = iam.resolve(scope.accessKeyId);
  if (issued) return { account: parseArn(issued.arn)?.account ?? home, principal: issued };
  if (scope.accessKeyId.startsWith('ASIA')) {
    throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', {
      status: 403,
    });
  }
  const account = /^\d{12}$/.test(scope.accessKeyId) ? scope.accessKeyId : home;
  return { account, principal: { kind: 'root', arn: `arn:aws:iam::${account}:root` } };
}
