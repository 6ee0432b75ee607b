import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbFixture, eventsTable } from './dynamodb-fixture';

const db = new DynamoDbFixture();
const TableName = 'events';

type Row = { pk: { S: string }; sk: { N: string } };
const idOf = ({ pk, sk }: Row) => `${pk.S}/${sk.N}`;

beforeAll(async () => {
  await db.run('CreateTable', eventsTable);
  for (let number = 0; number < 40; number++) {
    const indexed = number % 4 === 0 ? { kind: { S: `k${number % 8}` }, moment: { S: String(number) } } : {};
    const Item = { pk: { S: `p${number % 20}` }, sk: { N: String(number) }, n: { N: String(number) }, ...indexed };
    await db.run('PutItem', { TableName, Item });
  }
});
afterAll(() => db.close());

async function scanAll(more: object = {}): Promise<string[]> {
  const seen: string[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const page = await db.run('Scan', { TableName, ...more, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
    seen.push(...page.Items.map(idOf));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return seen;
}

describe('Scan', () => {
  test('gives every item once, whatever the size of its pages', async () => {
    const whole = await scanAll();
    expect(new Set(whole).size).toBe(40);
    expect(await scanAll({ Limit: 7 })).toEqual(whole);
  });

  test.each([1, 2, 3, 8])('gives every item once in %p segments together', async (TotalSegments) => {
    const parts: string[][] = [];
    for (let Segment = 0; Segment < TotalSegments; Segment++)
      parts.push(await scanAll({ Segment, TotalSegments, Limit: 3 }));
    expect(parts.flat().sort()).toEqual((await scanAll()).sort());
    if (TotalSegments === 2) for (const part of parts) expect(part.length).toBeGreaterThan(0);
  });

  test('filters what it has read', async () => {
    const page = await db.run('Scan', {
      TableName,
      FilterExpression: 'n < :n AND attribute_not_exists(kind)',
      ExpressionAttributeValues: { ':n': { N: '8' } },
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect([page.Count, page.ScannedCount, page.ConsumedCapacity.CapacityUnits]).toEqual([6, 40, 0.5]);
  });

  test('of an index gives what is in it', async () => {
    expect(await scanAll({ IndexName: 'by-kind', Limit: 3 })).toHaveLength(10);
  });

  test.each<[string, object, string]>([
    [
      'a segment of nothing',
      { Segment: 1 },
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    ],
    [
      'no segment of two',
      { TotalSegments: 2 },
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    ],
    [
      'a segment too many',
      { Segment: 2, TotalSegments: 2 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2',
    ],
    ['a legacy filter', { ScanFilter: {} }, 'NotImplemented: Scan: ScanFilter'],
    [
      'projected attributes of a table',
      { Select: 'ALL_PROJECTED_ATTRIBUTES' },
      'ALL_PROJECTED_ATTRIBUTES can be used only when Scanning using an IndexName',
    ],
  ])('refuses %s', async (_, more, message) => {
    expect(await db.error('Scan', { TableName, ...more })).toContain(message);
  });

  test('refuses to start in another segment', async () => {
    const page = await db.run('Scan', { TableName, Segment: 0, TotalSegments: 2, Limit: 1 });
    const more = { Segment: 1, TotalSegments: 2, ExclusiveStartKey: page.LastEvaluatedKey };
    expect(await db.error('Scan', { TableName, ...more })).toContain(
      'with correct Segment. TotalSegments: 2 Segment: 1',
    );
  });
});
