import { parseArn } from '../../../core/arn';
import type { Access, Principal } from '../../../core/service';

/** The values of a condition key, by its lower-case name; undefined when the request does not have that key. */
export type ConditionKeys = (key: string) => readonly string[] | undefined;

/**
 * The condition keys of a request: those that the service gave, and the global ones that follow from who calls what.
 * The connection counts as encrypted: policies that insist on TLS at AWS must work on plain HTTP here.
 */
export function conditionKeys(principal: Principal, access: Access, now: number): ConditionKeys {
  let given: Map<string, readonly string[]> | undefined;
  return (key) => {
    if (access.context && !given) {
      given = new Map();
      for (const [name, value] of Object.entries(access.context)) {
        given.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
      }
    }
    const known = given?.get(key);
    if (known) return known;
    const derived = globalKey(key, principal, access, now);
    return derived === undefined ? undefined : [derived];
  };
}

function globalKey(key: string, principal: Principal, access: Access, now: number): string | undefined {
  switch (key) {
    case 'aws:principalarn':
      return principal.kind === 'role' ? principal.roleArn : principal.kind === 'root' ? principal.arn : undefined;
    case 'aws:principalaccount':
      return principal.kind === 'service' ? undefined : parseArn(principal.arn)?.account;
    case 'aws:principaltype':
      return principal.kind === 'role' ? 'AssumedRole' : principal.kind === 'root' ? 'Account' : undefined;
    case 'aws:principalisawsservice':
      return String(principal.kind === 'service');
    case 'aws:principalservicename':
      return principal.kind === 'service' ? principal.service : undefined;
    case 'aws:viaawsservice':
      return 'false';
    case 'aws:currenttime':
      return new Date(now).toISOString();
    case 'aws:epochtime':
      return String(Math.floor(now / 1000));
    case 'aws:securetransport':
      return 'true';
    case 'aws:requestedregion':
      return parseArn(access.resource)?.region || undefined;
    case 'aws:resourceaccount':
      // An S3 ARN names no account: buckets are always the caller's own here.
      return parseArn(access.resource)?.account || parseArn(principal.arn)?.account;
    case 's3:resourceaccount':
      return access.action.startsWith('s3:') ? parseArn(principal.arn)?.account : undefined;
    default:
      return undefined;
  }
}
