import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The partition of the Insights table that has the tallies of published facts, and the sum of those that were put away. */
export const PUBLISHED = 'monitor#published';
/** Sort key of the sum; those of tallies are UUIDs. */
export const PUT_AWAY = 'put-away';

export function tallyItem(pk: string, id: string, published: number, at: Date): Record<string, AttributeValue> {
  return { pk: { S: pk }, sk: { S: id }, published: { N: String(published) }, writtenAt: { S: at.toISOString() } };
}
