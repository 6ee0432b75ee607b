import { literally } from './glob';
import type { ConditionKeys } from './request-context';

const VARIABLE = /\$\{([^},]+)(?:,\s*'([^']*)')?\}/g;

export const hasVariables = (text: string): boolean => text.includes('${');

/** The condition keys that the variables of a text ask for. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].map(([, name]) => name!.trim()).filter((name) => !'$*?'.includes(name));

/**
 * `text` with its policy variables filled in (`${aws:PrincipalAccount}`, `${aws:username, 'nobody'}`); undefined when
 * the request lacks one that has no default: what holds it then matches nothing. In a `pattern` what is filled in only
 * matches itself, and so do `${*}` and `${?}`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function fillVariables(
  text: string,
  keys: ConditionKeys,
  { pattern }: { readonly pattern: boolean },
): string | undefined {
  let missing = false;
  const filled = text.replace(VARIABLE, (_, name: string, fallback: string | undefined) => {
    if (name === '$') return name;
    const values = '*?'.includes(name) ? [name] : keys(name.trim().toLowerCase());
    const value = values?.length === 1 ? values[0] : fallback;
    if (value === undefined) missing = true;
    return pattern ? literally(value ?? '') : (value ?? '');
  });
  return missing ? undefined : filled;
}
