import type { ConditionKeys } from './request-context';

const VARIABLE = /\$\{([^},]+)(?:,\s*'([^']*)')?\}/g;

export const hasVariables = (text: string): boolean => text.includes('${');

/**
 * `text` with its policy variables filled in (`${aws:PrincipalAccount}`, `${aws:username, 'nobody'}`); undefined when
 * the request lacks one that has no default: what holds it then matches nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function fillVariables(text: string, keys: ConditionKeys): string | undefined {
  let missing = false;
  const filled = text.replace(VARIABLE, (_, name: string, fallback: string | undefined) => {
    // `${*}`, `${?}` and `${$}` are the characters themselves; they cannot be told from wildcards here, only `$` can.
    if (name === '$' || name === '*' || name === '?') return name;
    const values = keys(name.trim().toLowerCase());
    const value = values?.length === 1 ? values[0] : fallback;
    if (value === undefined) missing = true;
    return value ?? '';
  });
  return missing ? undefined : filled;
}
