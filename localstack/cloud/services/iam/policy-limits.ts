/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: characters, white space apart. */
export const TRUST_LIMIT = 2_048;
/** Of all inline policies of a role together. */
export const INLINE_LIMIT = 10_240;
export const MANAGED_LIMIT = 6_144;

export const sizeOf = (policy: string): number => policy.replace(/\s/g, '').length;
