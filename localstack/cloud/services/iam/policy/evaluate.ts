import type { Principal } from '../../../core/service';
import type { Decision } from './compile';
import { DIRECT, NOBODY, ROLE } from './principals';

/** The kinds of policies, as refusals name them. */
export type PolicyType = 'identity-based policy' | 'resource-based policy' | 'permissions boundary' | 'session policy';

export type Outcome =
  | { readonly allowed: true }
  /** `explicit`: by a `Deny`; otherwise no policy of that type allows it. */
  | { readonly allowed: false; readonly by: PolicyType; readonly explicit: boolean };

/** What each kind of policy says to a request; undefined where there is none of that kind. */
export type Opinions = {
  readonly identity: Decision;
  readonly resource: Decision | undefined;
  readonly boundary: Decision | undefined;
  readonly session: Decision | undefined;
};

export type Circumstances = {
  readonly kind: Principal['kind'];
  /** The resource is another account's: its policy has to allow it, and the caller's own. */
  readonly crossAccount: boolean;
  /** Keys of KMS and roles to be assumed: without their own policy's consent nobody is allowed anything. */
  readonly needsResourcePolicy: boolean;
};

const ALLOWED: Outcome = { allowed: true };
const denied = (by: PolicyType): Outcome => ({ allowed: false, by, explicit: true });
const missing = (by: PolicyType): Outcome => ({ allowed: false, by, explicit: false });

/**
 * AWS's evaluation logic: a `Deny` anywhere wins; then the resource's policy may allow by itself, as far as it names the
 * caller; otherwise the caller's own policies have to, within boundary and session policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(
  { identity, resource, boundary, session }: Opinions,
  { kind, crossAccount, needsResourcePolicy }: Circumstances,
): Outcome {
  if (resource?.effect === 'deny') return denied('resource-based policy');
  if (identity.effect === 'deny') return denied('identity-based policy');
  if (boundary?.effect === 'deny') return denied('permissions boundary');
  if (session?.effect === 'deny') return denied('session policy');

  const naming = resource?.effect === 'allow' ? resource.naming : NOBODY;
  if (naming === NOBODY && (crossAccount || needsResourcePolicy || kind === 'service')) {
    return missing('resource-based policy');
  }
  if (kind !== 'role') return ALLOWED;
  if (naming === DIRECT && !crossAccount) return ALLOWED;
  if ((naming < ROLE || crossAccount) && identity.effect !== 'allow') return missing('identity-based policy');
  if (boundary && boundary.effect !== 'allow') return missing('permissions boundary');
  if (session && session.effect !== 'allow') return missing('session policy');
  return ALLOWED;
}
