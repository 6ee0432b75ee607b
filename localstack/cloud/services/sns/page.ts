import { invalidParameter } from './errors';

const SIZE = 100;

/** One page of a list: a hundred at a time, as everywhere in SNS. */
export function page<T>(items: readonly T[], nextToken: unknown, result: (items: readonly T[]) => object): object {
  const start = nextToken === undefined || nextToken === '' ? 0 : Number(Buffer.from(String(nextToken), 'base64'));
  if (!Number.isInteger(start) || start < 0) throw invalidParameter('NextToken');
  const end = start + SIZE;
  const more = end < items.length && { NextToken: Buffer.from(String(end)).toString('base64') };
  return { ...result(items.slice(start, end)), ...more };
}
