import { type AttributeValue, DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Operator } from '../support/operator';
import { lifecycle } from '../support/orders';
import { System } from '../support/system';

let system: System;
let operator: Operator;
const ids = { ok: '', changed: '', deleted: '', misplaced: '', sku: '' };
beforeAll(async () => {
  system = await System.start();
  operator = new Operator(system);
  const userId = system.newId('u');
  ids.sku = system.newId('sku');
  for (const name of ['ok', 'changed', 'deleted', 'misplaced'] as const) ids[name] = system.newId('o');
  const user = { userId, email: `${userId}@example.com`, name: 'Ada' };
  await system.put(
    { type: 'UserCreated', detail: user },
    { type: 'StockAdded', detail: { sku: ids.sku, quantity: 5 } },
    ...lifecycle(ids.ok),
  );
  await system.put(
    ...lifecycle(ids.changed).slice(0, 2),
    ...lifecycle(ids.deleted).slice(0, 3),
    ...lifecycle(ids.misplaced).slice(0, 1),
  );
  await system.settled(async () => {});
  await system.put({ type: 'UserUpdated', detail: { userId, name: 'Ada King' } });
  await system.settled(async () => expect((await system.get(`/orders/${ids.ok}`)).body.version).toBe(5));
}, 60_000);
afterAll(() => system?.stop());

type Key = Record<string, AttributeValue>;
const views = () => system.outputs.ViewsTableName;
const keyOf = (stream: string): Key => marshall({ pk: stream, sk: 'summary@1' });
const itemOf = async (Key: Key) => {
  const { Item } = await system.dynamodb.send(new GetItemCommand({ TableName: views(), Key }));
  return unmarshall(Item!);
};
const put = (item: object) => system.dynamodb.send(new PutItemCommand({ TableName: views(), Item: marshall(item) }));
const remove = (Key: Key) => system.dynamodb.send(new DeleteItemCommand({ TableName: views(), Key }));

it('finds the read models to be what the events come to, those with sealed data among them', async () => {
  const { code, out, error } = await operator.run('projection', 'verify');
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toMatch(/^14 events of 6 streams, \d+ rows: every row is what its events come to\n$/);
  expect(await operator.json('projection', 'verify', 'user-profile')).toEqual({
    ...{ ok: true, streams: 1, events: 2, rows: 1, findings: [], stopped: false },
  });
  expect((await operator.json('projection', 'verify', 'insights')).rows).toBeGreaterThan(5);
});

it('names each row that somebody has been at, and what puts it right', async () => {
  const [changed, deleted, misplaced] = [ids.changed, ids.deleted, ids.misplaced].map((id) => `order#${id}`) as [
    ...[string, string, string],
  ];
  await put({ ...(await itemOf(keyOf(changed))), total: 1 });
  await remove(keyOf(deleted));
  await put({ ...(await itemOf(keyOf(misplaced))), statusShard: '@1#delivered#0' });
  await put({ ...(await itemOf(keyOf(`order#${ids.ok}`))), pk: 'order#nobody', stream: 'order#nobody' });
  const [{ id, source }] = (await system.stream(`order#${ids.ok}`)) as [{ id: string; source: string }];
  await remove(marshall({ pk: `event#${id}`, sk: `${source}#order#${ids.ok}@1` }));
  const made = { id: 'made-up', source, stream: 'order#nobody', version: 1, type: 'OrderCreated' };
  await put({ ...made, pk: 'event#made-up', sk: `${source}#order#nobody@1`, recordedAt: '', correlationId: 'x' });

  const { code, out } = await operator.run('projection', 'verify', '--json');
  const { findings } = JSON.parse(out);
  expect(code).toBe(1);
  const row = { projection: 'order-summary', generation: 1 };
  expect(findings).toHaveLength(6);
  expect(findings).toEqual(
    expect.arrayContaining([
      {
        ...row,
        stream: changed,
        kind: 'differs',
        version: 2,
        newest: 2,
        fields: [{ field: 'total', expected: 2990, found: 1 }],
      },
      { ...row, stream: deleted, kind: 'missing', version: 0, newest: 3, since: expect.any(String) },
      {
        ...row,
        stream: misplaced,
        kind: 'differs',
        version: 1,
        newest: 1,
        fields: [expect.objectContaining({ field: 'statusShard', found: '@1#delivered#0' })],
      },
      { ...row, stream: 'order#nobody', kind: 'orphan', version: 5, newest: 0 },
      {
        projection: 'feed',
        stream: `order#${ids.ok}`,
        kind: 'missing',
        version: 1,
        newest: 1,
        id,
        since: expect.any(String),
      },
      { projection: 'feed', stream: 'order#nobody', kind: 'orphan', version: 1, newest: 0, id: 'made-up' },
    ]),
  );
});

let shown = '';
it('shows them with what to do next, and those of one stream alone', async () => {
  const { out } = await operator.run('projection', 'verify');
  shown = out;
  expect(out).toMatch(/^order-summary +order#o-\S+ +2 +differs +total is 1, expected 2990$/m);
  expect(out).toMatch(/6 rows not as they should be\n/);
  expect(out).toMatch(/^ {2}orderstream catch-up --projector views --since \S+Z +what is behind or missing$/m);
  expect(out).toMatch(/^ {2}orderstream catch-up --projector feed --since \S+Z /m);
  expect(out).toMatch(/^ {2}orderstream projection rebuild order-summary /m);
  const one = await operator.run('projection', 'verify', '--stream', `order#${ids.changed}`);
  expect(one).toMatchObject({ code: 1, out: expect.stringMatching(/2 events of 1 stream, 3 rows: 1 row not/) });
});

it('is satisfied again when what is late has been caught up with', async () => {
  const late = shown.match(/orderstream catch-up --projector \w+ --since \S+/g) ?? [];
  expect(late).toHaveLength(2);
  for (const command of late) expect((await operator.run(...command.split(' ').slice(1))).code).toBe(0);
  await system.settled(async () => {});
  const { findings } = JSON.parse((await operator.run('projection', 'verify', '--json')).out);
  expect(findings.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['differs', 'differs', 'orphan', 'orphan']);
});

it('refuses a name and a generation that are not there', async () => {
  const name = await operator.run('projection', 'verify', 'orders');
  expect(name).toMatchObject({ code: 2, error: expect.stringContaining('one of order-summary, user-profile') });
  const generation = await operator.run('projection', 'verify', 'order-summary', '--generation', '7');
  expect(generation).toMatchObject({ code: 1, error: expect.stringContaining('has no generation 7; it has 1') });
});
