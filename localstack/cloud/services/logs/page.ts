import { AwsError } from '../../core/aws-error';

/** The part of a sorted list behind the item that `token` names. The token is the last item's own key. */
export function page<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  token: string | undefined,
  limit: number,
): { items: T[]; nextToken: { nextToken?: string } } {
  let from = 0;
  if (token !== undefined) {
    const last = Buffer.from(token, 'base64url').toString('utf8');
    from = all.findIndex((item) => keyOf(item) === last) + 1;
    if (from === 0) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const items = all.slice(from, from + limit);
  const last = items[items.length - 1];
  const more = last !== undefined && from + limit < all.length;
  return { items, nextToken: more ? { nextToken: Buffer.from(keyOf(last), 'utf8').toString('base64url') } : {} };
}
