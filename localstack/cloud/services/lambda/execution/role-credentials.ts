import { AwsError } from '../../../core/aws-error';
import type { Credentials } from '../../../core/peers';
import type { CloudContext, Principal } from '../../../core/service';

const LIFETIME_SECONDS = 12 * 3600;
/** The longest that an invocation can take (15 minutes), and some more. */
export const CREDENTIALS_MARGIN_MS = 20 * 60_000;

/** Credentials of functions' roles, shared by the environments of a function, renewed long before they expire. */
export class RoleCredentials {
  readonly #context: CloudContext;
  readonly #issued = new Map<string, Credentials>();

  constructor(context: CloudContext) {
    this.#context = context;
  }

  of(roleArn: string, functionName: string): Credentials {
    const key = `${roleArn} ${functionName}`;
    const known = this.#issued.get(key);
    if (known && known.expiresAt - this.#context.clock.now() > 2 * CREDENTIALS_MARGIN_MS) return known;
    try {
      const fresh = this.#context.registry.peer('iam').issueCredentials(roleArn, functionName, LIFETIME_SECONDS);
      this.#issued.set(key, fresh);
      return fresh;
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause;
      throw new AwsError('AccessDeniedException', 'The role defined for the function cannot be assumed by Lambda.', {
        status: 403,
      });
    }
  }

  /** The role may have been made anew: its next environments get new credentials. */
  forget(roleArn: string, functionName: string): void {
    this.#issued.delete(`${roleArn} ${functionName}`);
  }
}

/** Who a function is when Lambda acts for it: reading its event sources, sending to its destinations. */
export function rolePrincipal(roleArn: string, functionName: string): Principal & { readonly kind: 'role' } {
  const [, account, path] = /^arn:aws[a-z-]*:iam::(\d+):role\/(.+)$/.exec(roleArn) ?? [];
  const role = path?.split('/').pop() ?? '';
  return { kind: 'role', roleArn, arn: `arn:aws:sts::${account}:assumed-role/${role}/${functionName}` };
}
