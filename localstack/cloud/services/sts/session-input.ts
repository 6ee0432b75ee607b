import { AwsError } from '../../core/aws-error';
import type { SessionScope } from '../../core/peers';

const MAX_TAGS = 50;
const MAX_POLICY_ARNS = 10;
/** Characters of the session policies together. */
const MAX_POLICY = 2_048;

type Input = Readonly<Record<string, unknown>>;

/** Session tags of a request, by key. Throws `ValidationError` when there are too many, or one twice. */
export function tagsOf(input: Input): Record<string, string> {
  const listed = (input.Tags || []) as readonly { readonly Key: string; readonly Value?: string }[];
  const tags = Object.fromEntries(listed.map(({ Key, Value = '' }) => [Key, Value]));
  if (listed.length > MAX_TAGS) {
    throw validation(
      `1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to ${MAX_TAGS}`,
    );
  }
  const keys = new Set(listed.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < listed.length)
    throw validation('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  return tags;
}

/** The managed policies that are to limit a session. */
export function policyArnsOf(input: Input): string[] {
  const arns = ((input.PolicyArns || []) as readonly { readonly arn?: string }[]).map(({ arn }) => String(arn));
  if (arns.length > MAX_POLICY_ARNS) {
    throw validation(
      `1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${MAX_POLICY_ARNS}`,
    );
  }
  return arns;
}

/** The documents of session policies: the one that is given, and those of `managed`. */
export function scopeOf(input: Input, managed: readonly string[]): SessionScope {
  const given = input.Policy === undefined ? [] : [String(input.Policy)];
  if (given.some((text) => text.length > MAX_POLICY)) {
    throw new AwsError('PackedPolicyTooLarge', `Packed size of session policies is greater than ${MAX_POLICY}.`);
  }
  return { tags: tagsOf(input), policies: [...given, ...managed] };
}

export const validation = (message: string): AwsError => new AwsError('ValidationError', message);
