import { parseArn } from '../../../core/arn';
import type { Principal } from '../../../core/service';

export type PrincipalMatcher = (principal: Principal) => boolean;

/**
 * Compiles the `Principal` of a resource or trust policy: `"*"`, or lists by kind. An account (its number, or its
 * `root` ARN) stands for everybody in it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function compilePrincipals(element: unknown): PrincipalMatcher {
  if (element === '*') return () => true;
  if (typeof element !== 'object' || element === null) return () => false;
  const matchers = Object.entries(element).flatMap(([kind, names]) =>
    [names].flat().map((name) => compileOne(kind, String(name))),
  );
  return (principal) => matchers.some((matches) => matches(principal));
}

function compileOne(kind: string, name: string): PrincipalMatcher {
  if (kind === 'Service') return (principal) => principal.kind === 'service' && principal.service === name;
  // Federated and canonical users do not exist here.
  if (kind !== 'AWS') return () => false;
  if (name === '*') return (principal) => principal.kind !== 'service';
  const account = /^\d{12}$/.test(name) ? name : /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(name)?.[1];
  if (account) return (principal) => principal.kind !== 'service' && parseArn(principal.arn)?.account === account;
  return (principal) => principal.arn === name || (principal.kind === 'role' && principal.roleArn === name);
}
