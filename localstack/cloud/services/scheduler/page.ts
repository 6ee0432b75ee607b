import { Constraints } from './constraints';
import { validation } from './errors';
import type { Request } from './request';

/** One page of a list that is sorted by `keyOf`. The token is the last key, so pages stay right while things change. */
export function pageOf<T>(
  all: readonly T[],
  { MaxResults, NextToken }: Request,
  keyOf: (item: T) => string,
): { page: readonly T[]; next: { NextToken?: string } } {
  const limit = MaxResults === undefined ? 100 : Number(MaxResults);
  const constraints = new Constraints();
  constraints.check('maxResults', limit, { min: 1, max: 100 });
  constraints.check('nextToken', NextToken, { min: 1, max: 2_048 });
  constraints.done();
  const after = NextToken === undefined ? undefined : keyIn(String(NextToken));
  const rest = after === undefined ? all : all.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (!last || page.length === rest.length) return { page, next: {} };
  return { page, next: { NextToken: Buffer.from(keyOf(last)).toString('base64url') } };
}

function keyIn(token: string): string {
  const key = Buffer.from(token, 'base64url').toString('utf8');
  if (Buffer.from(key).toString('base64url') !== token) throw validation('Invalid NextToken provided.');
  return key;
}
