import type { AttributeValue, Update } from '@aws-sdk/client-dynamodb';
import type { Counter, Increment } from '../../application/insights/ports';
import { shardCount, shardOf } from '../../application/read-models/shard';

export type Item = Record<string, AttributeValue>;

/** What a row has beside its numbers. */
const ownAttributes: readonly string[] = ['pk', 'sk', 'expiresAt', 'topOf'];

/** A row of a counter: PK `<generation>#<series>#<shard>`, SK its key, and each number as an attribute of its name. */
export function partitionOf(generation: number, series: string, shard: number): string {
  return `${generation}#${series}#${shard}`;
}

/** The partition of the index `top`, by `quantity`. */
export function rankingOf(generation: number, series: string, ranking: string, shard: number): string {
  return `${generation}#${series}#${ranking}#${shard}`;
}

/** Any shard does, as readers sum; but a row that is ranked has to be one. `random`: 0 ≤ n < 1. */
export function shardFor({ key, ranking }: Increment, random: number): number {
  return ranking === undefined ? Math.floor(random * shardCount) : shardOf(key);
}

/** Adds to the row, and makes it where there is none. */
export function updateOf(table: string, generation: number, increment: Increment, shard: number): Update & UpdateInput {
  const { series, key, expires, ranking } = increment;
  const names: Record<string, string> = {};
  const values: Item = {};
  const added = Object.entries(increment.add).map(([name, number], index) => {
    if (ownAttributes.includes(name)) throw new RangeError(`a counter cannot have a number called ${name}`);
    if (!Number.isSafeInteger(number)) throw new RangeError(`${series} ${key} ${name}: ${number} is no whole number`);
    names[`#n${index}`] = name;
    values[`:n${index}`] = { N: String(number) };
    return `#n${index} :n${index}`;
  });
  const set: string[] = [];
  if (expires) {
    values[':expiresAt'] = { N: String(Math.ceil(expires.getTime() / 1000)) };
    set.push('expiresAt = :expiresAt');
  }
  if (ranking !== undefined) {
    values[':topOf'] = { S: rankingOf(generation, series, ranking, shard) };
    set.push('topOf = :topOf');
  }
  return {
    TableName: table,
    Key: { pk: { S: partitionOf(generation, series, shard) }, sk: { S: key } },
    UpdateExpression: `ADD ${added.join(', ')}${set.length > 0 ? ` SET ${set.join(', ')}` : ''}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

type UpdateInput = { readonly TableName: string; readonly Key: Item; readonly UpdateExpression: string };

export function counterOf(item: Item): Counter {
  const values = Object.entries(item).flatMap(([name, value]) =>
    ownAttributes.includes(name) || value.N === undefined ? [] : [[name, Number(value.N)] as const],
  );
  return { key: item.sk?.S ?? '', values: Object.fromEntries(values) };
}

/** DynamoDB removes what has expired within days; until then it is still there. */
export function isExpired(item: Item, now: Date): boolean {
  return item.expiresAt?.N !== undefined && Number(item.expiresAt.N) * 1000 <= now.getTime();
}
