import { parseArn } from '../../../core/arn';
import type { Principal } from '../../../core/service';

/**
 * How a resource's policy names a caller, the weakest first. An account only hands the decision on to the caller's own
 * policies; what is given to a role is limited by its boundary and session policies; what is given to a session, or to
 * everybody, is not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
 */
export const NOBODY = 0;
export const ACCOUNT = 1;
export const ROLE = 2;
export const DIRECT = 3;
export type Naming = typeof NOBODY | typeof ACCOUNT | typeof ROLE | typeof DIRECT;

export type PrincipalMatcher = (principal: Principal) => Naming;

/**
 * Compiles the `Principal` of a resource or trust policy: `"*"`, or lists by kind. An account (its number, or its
 * `root` ARN) stands for everybody in it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function compilePrincipals(element: unknown): PrincipalMatcher {
  if (element === '*') return () => DIRECT;
  if (typeof element !== 'object' || element === null) return () => NOBODY;
  const matchers = Object.entries(element).flatMap(([kind, names]) =>
    [names].flat().map((name) => compileOne(kind, String(name))),
  );
  return (principal) => {
    let strongest: Naming = NOBODY;
    for (const matches of matchers) {
      const naming = matches(principal);
      if (naming > strongest) strongest = naming;
    }
    return strongest;
  };
}

/** Whether the element tells sessions of one role apart. */
export const namesSessions = (element: unknown): boolean =>
  typeof element === 'object' && element !== null && JSON.stringify(element).includes(':assumed-role/');

function compileOne(kind: string, name: string): PrincipalMatcher {
  if (kind === 'Service') {
    return (principal) => (principal.kind === 'service' && principal.service === name ? DIRECT : NOBODY);
  }
  // Federated and canonical users do not exist here.
  if (kind !== 'AWS') return () => NOBODY;
  if (name === '*') return (principal) => (principal.kind === 'service' ? NOBODY : DIRECT);
  const account = /^\d{12}$/.test(name) ? name : /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(name)?.[1];
  if (account) {
    return (principal) =>
      principal.kind !== 'service' && parseArn(principal.arn)?.account === account ? ACCOUNT : NOBODY;
  }
  return (principal) => {
    if (principal.kind !== 'role') return NOBODY;
    if (principal.roleArn === name) return ROLE;
    return principal.arn === name ? DIRECT : NOBODY;
  };
}
