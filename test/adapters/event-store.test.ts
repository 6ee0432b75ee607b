import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { NOBODY_WAS_FIRST } from '../../functions/adapters/append-transaction';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { isAppendConflict, type NewEvent } from '../../functions/application/ports';
import { FixedEffects } from '../support/fixed-effects';
import { orderHistory } from '../support/recorded';
import { awsError, ScriptedClient } from '../support/scripted-client';

const tables = { events: 'Events', inbox: 'Inbox', keys: 'Keys' };
const reducers = { order: 'now', inventory: 'now', user: 'now' };
const stream = 'order#o-1';
const history = orderHistory('o-1', 3);
const page = (...versions: number[]) => ({ Items: versions.map((version) => marshall(history[version - 1])) });
const event: NewEvent = {
  id: 'e-1',
  source: 'shop',
  type: 'OrderCreated',
  subject: 'o-1',
  schemaVersion: 1,
  time: '2026-01-01T12:00:00.000Z',
  correlationId: 'e-1',
  causationId: 'e-1',
  data: { orderId: 'o-1', note: undefined },
  metadata: {},
};

function storeWith(...script: readonly unknown[]) {
  const client = new ScriptedClient(script);
  const effects = new FixedEffects();
  const store = new DynamoDbEventStore(client.as(), tables, reducers, effects);
  const append = (...events: NewEvent[]) => store.append([{ loaded: store.assumeEmpty(stream), events }]);
  return { client, effects, store, append };
}

describe('appending', () => {
  it('puts every event on the condition that nobody was first: the table is append only', async () => {
    const one = storeWith({});
    await one.append(event);
    expect(one.client.commands).toEqual(['PutItemCommand']);
    expect(one.client.inputs).toMatchObject([{ TableName: 'Events', ConditionExpression: NOBODY_WAS_FIRST }]);
    const two = storeWith({});
    await two.append(event, { ...event, id: 'e-2' });
    expect(two.client.commands).toEqual(['TransactWriteItemsCommand']);
    const [{ TransactItems }] = two.client.inputs as [{ TransactItems: { Put: { ConditionExpression: string } }[] }];
    expect(TransactItems.map((item) => [Object.keys(item), item.Put.ConditionExpression])).toEqual([
      [['Put'], NOBODY_WAS_FIRST],
      [['Put'], NOBODY_WAS_FIRST],
    ]);
    expect(NOBODY_WAS_FIRST).toBe('attribute_not_exists(#stream)');
  });

  it('knows its own event again when the answer to the first try was lost', async () => {
    const first = storeWith({});
    const [recorded] = await first.append(event);
    const Item = marshall(recorded, { removeUndefinedValues: true });
    const again = storeWith(awsError('ConditionalCheckFailedException', { Item }));
    expect(await again.append(event)).toEqual([recorded]);
  });

  it.each([
    ['another was first', awsError('ConditionalCheckFailedException', { Item: marshall(history[0]) }), 'o-1-1'],
    ['a transaction stands in the way', awsError('TransactionConflictException'), undefined],
  ])('is a conflict when %s', async (_, error, existing) => {
    const { append } = storeWith(error);
    const thrown = await append(event).catch((reason: unknown) => reason);
    expect(isAppendConflict(thrown) && [thrown.streams, thrown.existing?.id]).toEqual([[stream], existing]);
  });

  it.each([
    ['ConditionalCheckFailed', true],
    ['TransactionConflict', true],
    ['ItemCollectionSizeLimitExceeded', false],
  ])('of several is a conflict for the reason %s: %s', async (Code, isConflict) => {
    const CancellationReasons = [{ Code: 'None' }, { Code }];
    const { append } = storeWith(awsError('TransactionCanceledException', { CancellationReasons }));
    const thrown = await append(event, { ...event, id: 'e-2' }).catch((reason: unknown) => reason);
    expect(isAppendConflict(thrown)).toBe(isConflict);
    expect((thrown as Error).message).toContain(isConflict ? stream : 'TransactionCanceledException');
  });

  it('tries a transaction again when an item of it was throttled, but not for ever', async () => {
    const throttled = awsError('TransactionCanceledException', {
      CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError' }],
    });
    const passing = storeWith(throttled, throttled, {});
    expect(await passing.append(event, { ...event, id: 'e-2' })).toHaveLength(2);
    expect([passing.client.inputs.length, passing.effects.slept.length]).toEqual([3, 2]);
    const lasting = storeWith(throttled, throttled, throttled, throttled);
    await expect(lasting.append(event, { ...event, id: 'e-2' })).rejects.toThrow('TransactionCanceledException');
  });

  it('passes on what is no conflict', async () => {
    await expect(storeWith(awsError('ProvisionedThroughputExceededException')).append(event)).rejects.toThrow(
      'ProvisionedThroughputExceededException',
    );
  });

  it('takes a stream once, a hundred events at most, and nothing as nothing', async () => {
    const { store, client } = storeWith();
    const loaded = store.assumeEmpty(stream);
    const twice = [loaded, loaded].map((one) => ({ loaded: one, events: [event] }));
    await expect(store.append(twice)).rejects.toThrow('only once');
    await expect(store.append([{ loaded, events: Array.from({ length: 101 }, () => event) }])).rejects.toThrow('101');
    expect(await store.append([{ loaded, events: [] }])).toEqual([]);
    expect(client.inputs).toEqual([]);
  });
});

describe('reading', () => {
  it('is consistent, and follows the pages', async () => {
    const LastEvaluatedKey = marshall({ stream, version: 2 });
    const { store, client } = storeWith({ ...page(3, 2), LastEvaluatedKey }, page(1));
    expect((await store.load(stream)).events).toEqual(history);
    expect(client.commands).toEqual(['QueryCommand', 'QueryCommand']);
    expect(client.inputs).toMatchObject([
      { ConsistentRead: true },
      { ConsistentRead: true, ExclusiveStartKey: LastEvaluatedKey },
    ]);
  });

  it('reads again when a transaction shows through by half', async () => {
    const { store, client, effects } = storeWith(page(3, 1), page(3), page(3, 2, 1));
    expect((await store.load(stream)).version).toBe(3);
    expect([client.inputs.length, effects.slept.length]).toEqual([3, 2]);
    expect((await storeWith(page(3), page(2, 3)).store.readRange(stream, 1)).map(({ version }) => version)).toEqual([
      2, 3,
    ]);
  });

  it('says so when the hole stays', async () => {
    const { store } = storeWith(...Array.from({ length: 8 }, () => page(3, 1)));
    await expect(store.load(stream)).rejects.toThrow('order#o-1 has a hole: versions 1, 3');
  });

  it('asks again for the places that a batch left unread', async () => {
    const keys = [1, 2].map((version) => marshall({ stream, version }));
    const { store, client } = storeWith(
      { Responses: { Events: page(2).Items }, UnprocessedKeys: { Events: { Keys: keys.slice(0, 1) } } },
      { Responses: { Events: page(1).Items } },
    );
    const places = [
      { stream, version: 1 },
      { stream, version: 2 },
    ];
    expect(await store.readMany(places)).toEqual(history.slice(0, 2));
    expect(client.inputs).toMatchObject([
      { RequestItems: { Events: { Keys: keys, ConsistentRead: true } } },
      { RequestItems: { Events: { Keys: keys.slice(0, 1) } } },
    ]);
  });
});
