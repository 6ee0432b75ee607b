import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StreamRecord } from '../../../localstack/cloud/core/peers';
import { DynamoDbFixture, eventsTable } from './dynamodb-fixture';

const TableName = 'events';

/** What the model knows of an item: the index key and a number. */
type Row = { kind?: string; n: number };
type Model = Map<string, Row>;

type Place = { pk: string; sk: number };
type Write =
  | ({ op: 'put'; row: Row } & Place)
  | ({ op: 'add'; by: number } & Place)
  | ({ op: 'delete' } & Place)
  /** Puts, on the condition that the item is not there. */
  | ({ op: 'insert'; row: Row } & Place);
type Step = Write | { op: 'transact'; writes: Write[] } | { op: 'restart' };

const place = fc.record({ pk: fc.constantFrom('a', 'b', 'c'), sk: fc.integer({ min: -3, max: 3 }) });
const row = fc.record({
  kind: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  n: fc.integer(),
}) as fc.Arbitrary<Row>;
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ place, row }).map(({ place: at, row: of }): Write => ({ op: 'put', ...at, row: of })),
  fc.record({ place, row }).map(({ place: at, row: of }): Write => ({ op: 'insert', ...at, row: of })),
  fc.record({ place, by: fc.integer() }).map(({ place: at, by }): Write => ({ op: 'add', ...at, by })),
  place.map((at): Write => ({ op: 'delete', ...at })),
);
const transact = fc
  .uniqueArray(write, { minLength: 1, maxLength: 4, selector: ({ pk, sk }) => `${pk}/${sk}` })
  .map((writes): Step => ({ op: 'transact', writes }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: write as fc.Arbitrary<Step> },
  { weight: 4, arbitrary: transact },
  { weight: 1, arbitrary: fc.constant<Step>({ op: 'restart' }) },
);

const keyOf = ({ pk, sk }: Place) => `${pk}/${sk}`;
const keyItem = ({ pk, sk }: Place) => ({ pk: { S: pk }, sk: { N: String(sk) } });
const itemOf = (at: Place, { kind, n }: Row) => ({
  ...keyItem(at),
  n: { N: String(n) },
  ...(kind && { kind: { S: kind }, moment: { S: `t${at.sk + 5}` } }),
});

/** The model's own idea of a write; false when its condition fails. */
function apply(model: Model, each: Write): boolean {
  const key = keyOf(each);
  const present = model.get(key);
  if (each.op === 'insert' && present) return false;
  if (each.op === 'delete') model.delete(key);
  else if (each.op === 'add') model.set(key, { ...present, n: (present?.n ?? 0) + each.by });
  else model.set(key, each.row);
  return true;
}

function request(each: Write): { operation: string; member: string; input: object } {
  const onKey = { TableName, Key: keyItem(each) };
  if (each.op === 'delete') return { operation: 'DeleteItem', member: 'Delete', input: onKey };
  if (each.op === 'add') {
    const ExpressionAttributeValues = { ':by': { N: String(each.by) } };
    const input = { ...onKey, UpdateExpression: 'ADD n :by', ExpressionAttributeValues };
    return { operation: 'UpdateItem', member: 'Update', input };
  }
  const condition = each.op === 'insert' ? { ConditionExpression: 'attribute_not_exists(sk)' } : {};
  const input = { TableName, Item: itemOf(each, each.row), ...condition };
  return { operation: 'PutItem', member: 'Put', input };
}

async function perform(db: DynamoDbFixture, model: Model, each: Step): Promise<void> {
  if (each.op === 'restart') return db.restart();
  const writes = each.op === 'transact' ? each.writes : [each];
  const wanted = new Map(model);
  const possible = writes.map((one) => apply(wanted, one)).every(Boolean);
  const send = () => {
    if (each.op !== 'transact') return db.run(request(each).operation, request(each).input);
    const TransactItems = writes.map((one) => ({ [request(one).member]: request(one).input }));
    return db.run('TransactWriteItems', { TransactItems });
  };
  if (!possible) {
    await expect(send()).rejects.toThrow(/conditional request failed|ConditionalCheckFailed/);
    return;
  }
  await send();
  model.clear();
  for (const [key, value] of wanted) model.set(key, value);
}

async function readAll(db: DynamoDbFixture, operation: string, input: object): Promise<object[]> {
  const items: object[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const page = await db.run(operation, { TableName, ...input, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
    items.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/** The table as somebody knows it who has only read its stream. */
function replay(db: DynamoDbFixture, arn: string): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const shard of db.peer.shards(arn)) {
    for (const { dynamodb } of db.peer.read(arn, shard, undefined, 10_000) as StreamRecord[]) {
      const key = JSON.stringify(dynamodb.Keys);
      expect(items.get(key)).toEqual(dynamodb.OldImage);
      if (dynamodb.NewImage) items.set(key, dynamodb.NewImage);
      else items.delete(key);
    }
  }
  return items;
}

describe('after any writes', () => {
  test('table, indexes, counts and stream tell the same story', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), async (steps, Limit) => {
        const db = new DynamoDbFixture();
        try {
          const { TableDescription } = await db.run('CreateTable', eventsTable);
          const model: Model = new Map();
          for (const each of steps) await perform(db, model, each);

          const items = [...model].map(([key, value]) => {
            const [pk, sk] = key.split('/') as [string, string];
            return itemOf({ pk, sk: Number(sk) }, value);
          });
          const sorted = (some: object[]) => some.map((one) => JSON.stringify(Object.entries(one).sort())).sort();
          expect(sorted(await readAll(db, 'Scan', { Limit }))).toEqual(sorted(items));
          for (const pk of ['a', 'b', 'c']) {
            const partition = await readAll(db, 'Query', {
              Limit,
              KeyConditionExpression: 'pk = :p',
              ExpressionAttributeValues: { ':p': { S: pk } },
            });
            const expected = items.filter((one) => one.pk.S === pk).sort((a, b) => Number(a.sk.N) - Number(b.sk.N));
            expect(partition).toEqual(expected);
          }
          const indexed = await readAll(db, 'Scan', { IndexName: 'by-kind', Limit });
          expect(sorted(indexed)).toEqual(sorted(items.filter((one) => 'kind' in one)));
          expect((await db.run('DescribeTable', { TableName })).Table.ItemCount).toBe(items.length);
          expect(sorted([...replay(db, TableDescription.LatestStreamArn).values()] as object[])).toEqual(sorted(items));
        } finally {
          await db.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});
