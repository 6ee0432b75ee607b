import { invalidParameter } from './errors';

/** One page of a list. The marker is the position that the next page begins at. */
export function page<T>(all: readonly T[], input: { Marker?: string; MaxItems?: string | number }, most: number) {
  const from = input.Marker === undefined ? 0 : Number(Buffer.from(input.Marker, 'base64url').toString('utf8'));
  if (!Number.isInteger(from) || from < 0) throw invalidParameter('Invalid marker.');
  const limit = Math.min(Number(input.MaxItems ?? most), most);
  const more = from + limit < all.length;
  return {
    items: all.slice(from, from + limit),
    marker: more ? { NextMarker: Buffer.from(String(from + limit), 'utf8').toString('base64url') } : {},
  };
}
