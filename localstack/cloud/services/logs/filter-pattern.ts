import { AwsError, notImplemented } from '../../core/aws-error';
import { compileJsonFilter } from './json-filter';

export type LogFilter = (message: string) => boolean;

/**
 * A CloudWatch Logs filter pattern: nothing (everything matches), terms, or a JSON selector in braces.
 * Terms: all must occur, case-sensitive; `"a phrase"`; `-term` must not occur; of all `?term` one must.
 * Space-delimited patterns (`[ip, user, …]`) and regular expressions (`%…%`) are refused by name.
 */
export function compileFilter(pattern: string | undefined, at = 'FilterLogEvents'): LogFilter {
  const text = (pattern ?? '').trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return compileJsonFilter(text);
  if (text.startsWith('[')) throw notImplemented(`${at}: a space-delimited filterPattern`);
  const required: string[] = [];
  const optional: string[] = [];
  const excluded: string[] = [];
  for (const match of text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
    const term = match[2]?.replace(/\\(.)/g, '$1') ?? match[3]!;
    if (match[2] === undefined && /^%.*%$/.test(term)) throw notImplemented(`${at}: a regular expression`);
    if (match[2] === undefined && !/^[\w.:/@#$*=,;+-]+$/.test(term)) {
      throw new AwsError('InvalidParameterException', 'Invalid filter pattern');
    }
    (match[1] === '?' ? optional : match[1] === '-' ? excluded : required).push(term);
  }
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    // AWS ignores the optional terms where there are required ones.
    (optional.length === 0 || required.length > 0 || optional.some((term) => message.includes(term)));
}
