import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Operator } from '../support/operator';
import { lifecycle } from '../support/orders';
import { Subscriber } from '../support/subscriber';
import { System } from '../support/system';

// It damages the tables, and moves the clock: never somebody else's.
delete process.env.E2E_OUTPUTS;

const HOUR = 3_600_000;

let system: System;
let operator: Operator;
let subscriber: Subscriber;
beforeAll(async () => {
  system = await System.start();
  operator = new Operator(system);
  subscriber = await Subscriber.to(system, {
    source: ['orderstream'],
    'detail-type': ['ProjectionFaulted', 'DeadLettered'],
  });
}, 60_000);
afterAll(() => system?.stop());

const settled = () => system.settled(async () => {});
const row = async (orderId: string) => (await system.get(`/orders/${orderId}`)).body;
const folded = async (orderId: string) => (await system.get(`/orders/${orderId}?consistent=true`)).body;

async function put(entries: ReturnType<typeof lifecycle>): Promise<void> {
  for (let from = 0; from < entries.length; from += 10) await system.put(...entries.slice(from, from + 10));
}

/** The next event of an order, put in the table past everything that would have refused it. */
async function putByHand(orderId: string, over: object): Promise<void> {
  const before = (await system.stream(`order#${orderId}`)).at(-1)!;
  const event = { ...before, version: before.version + 1, id: `${orderId}-by-hand`, prevHash: before.hash, ...over };
  await system.dynamodb.send(new PutItemCommand({ TableName: system.outputs.EventsTableName!, Item: marshall(event) }));
}

/** A paid order whose payment has no readable id: the decider does not mind, the read model does. */
const bewitchedPayment = (orderId: string) => ({ type: 'OrderPaid', data: { orderId, paymentId: 7, amount: 2990 } });

const mend = (orderId: string) =>
  system.dynamodb.send(
    new UpdateItemCommand({
      TableName: system.outputs.EventsTableName!,
      Key: marshall({ stream: `order#${orderId}`, version: 3 }),
      UpdateExpression: 'SET #data.paymentId = :id',
      ExpressionAttributeNames: { '#data': 'data' },
      ExpressionAttributeValues: { ':id': { S: 'pay-7' } },
    }),
  );

describe('a poison event', () => {
  const orderId = 'o-poison';
  const stream = `order#${orderId}`;
  const others = Array.from({ length: 99 }, (_, n) => `o-sound-${n}`);

  it('stops one order of a hundred; its later events wait, and everybody can see it', async () => {
    await put(lifecycle(orderId).slice(0, 2));
    await settled();
    await putByHand(orderId, bewitchedPayment(orderId));
    await put([...others.flatMap((other) => lifecycle(other).slice(0, 2)), ...lifecycle(orderId).slice(3)]);
    await settled();
    for (const other of others) expect(await row(other)).toMatchObject({ status: 'confirmed', version: 2 });
    expect(await row(orderId)).toMatchObject({ status: 'confirmed', version: 2 });
    expect(await system.stream(stream)).toHaveLength(5);

    const fault = {
      projection: 'order-summary',
      stream,
      generation: 1,
      version: 3,
      error: expect.stringContaining('data.paymentId is 7, expected text'),
      since: expect.any(String),
    };
    const health = (await system.get('/health')).body;
    expect(health).toMatchObject({ status: 'faulted', faults: [{ ...fault, live: true, seen: 5 }] });
    expect(health.faults).toHaveLength(1);
    const { items } = await operator.json('faults');
    expect(items).toEqual([{ ...fault, live: true, seen: 5, type: 'OrderPaid', waiting: 3 }]);
    const told = await subscriber.received();
    expect(told.map((one) => [one['detail-type'], one.detail.id])).toEqual([
      ['ProjectionFaulted', `fault:order-summary:1:${stream}@3`],
    ]);
    expect(told[0]!.detail.data).toEqual({ ...fault, type: 'OrderPaid' });
  }, 60_000);

  it('still stands two days later, as long as no fold can pass it', async () => {
    await system.cloud!.controls.advance(48 * HOUR);
    const { code, out } = await operator.run('redrive', stream);
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('still faulty at version 3') });
    expect(await row(orderId)).toMatchObject({ status: 'confirmed', version: 2 });
  }, 60_000);

  it('is repaired from the event table once it can be, and the order goes on', async () => {
    await mend(orderId);
    await settled();
    const dry = await operator.run('redrive', stream, '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('would be repaired') });
    expect(dry.out).toMatch(/status +confirmed +→ {2}delivered/);
    expect(await row(orderId)).toMatchObject({ version: 2 });

    expect(await operator.run('redrive', stream)).toMatchObject({ code: 0, out: expect.stringContaining('repaired') });
    expect(await row(orderId)).toMatchObject({ status: 'delivered', version: 5, paymentId: 'pay-7' });
    expect(await row(orderId)).toEqual(await folded(orderId));
    expect((await system.get('/health')).body).toMatchObject({ status: 'ok', faults: [] });
    expect(await operator.json('faults')).toEqual({ items: [], more: false });
  });

  it('leaves a stream whose next event is projected as ever', async () => {
    const next = 'o-next';
    await put(lifecycle(next).slice(0, 2));
    await settled();
    await putByHand(next, bewitchedPayment(next));
    await settled();
    await mend(next);
    await settled();
    await operator.json('redrive', '--all');
    await put(lifecycle(next).slice(3, 4));
    await settled();
    expect(await row(next)).toMatchObject({ status: 'shipped', version: 4 });
    expect(await row(next)).toEqual(await folded(next));
    expect((await subscriber.received()).map(({ detail }) => detail.data.stream)).toEqual(['order#o-next']);
  });
});

describe('a place that is to be taken up again', () => {
  const send = (queue: string, body: string) =>
    system.sqs.send(new SendMessageCommand({ QueueUrl: system.outputs[queue]!, MessageBody: body }));
  const letters = async (queue: string) => {
    const read = { QueueUrl: system.outputs[queue]!, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    const { Messages = [] } = await system.sqs.send(new ReceiveMessageCommand(read));
    return Messages.map(({ Body }) => Body!);
  };

  it('brings a row that is gone back from the event table', async () => {
    const orderId = 'o-row';
    await put(lifecycle(orderId).slice(0, 3));
    await settled();
    const pk = { S: `order#${orderId}` };
    const key = { pk, sk: { S: 'summary@1' } };
    await system.dynamodb.send(new DeleteItemCommand({ TableName: system.outputs.ViewsTableName!, Key: key }));
    expect((await system.get(`/orders/${orderId}`)).status).toBe(404);
    await send('ViewsRedriveQueueUrl', JSON.stringify({ stream: `order#${orderId}`, version: 3 }));
    await settled();
    expect(await row(orderId)).toMatchObject({ status: 'paid', version: 3 });
  });

  it('is fed on once more, fact and all', async () => {
    const orderId = 'o-fact';
    await put(lifecycle(orderId).slice(0, 1));
    await settled();
    const facts = await Subscriber.to(system, { source: ['orderstream'], 'detail-type': ['OrderCreated'] });
    await send('FeedRedriveQueueUrl', JSON.stringify({ stream: `order#${orderId}`, version: 1 }));
    await settled();
    expect((await facts.received()).map(({ detail }) => detail.id)).toEqual([`order#${orderId}@1`]);
  });

  it('ends among the dead letters when there is no such event', async () => {
    const nowhere = JSON.stringify({ stream: 'order#o-nowhere', version: 1 });
    await send('ViewsRedriveQueueUrl', nowhere);
    await send('FeedRedriveQueueUrl', 'no place');
    await system.cloud!.controls.advance(HOUR);
    expect(await letters('ProjectionDlqUrl')).toEqual([nowhere]);
    expect(await letters('FeedDlqUrl')).toEqual(['no place']);
  });
});

describe('an event that the feed cannot pass', () => {
  it('is a dead letter by its place, and told as one', async () => {
    const orderId = 'o-unreadable';
    await put(lifecycle(orderId).slice(0, 2));
    await settled();
    await subscriber.received();
    const stream = `order#${orderId}`;
    const before = (await system.stream(stream)).at(-1)!;
    const item = marshall({ ...before, version: 3, id: `${orderId}-by-hand`, type: 'OrderPaid' });
    const data = { M: { ...marshall({ orderId, paymentId: 'p' }), amount: { N: '9007199254740993' } } };
    await system.dynamodb.send(
      new PutItemCommand({ TableName: system.outputs.EventsTableName!, Item: { ...item, data } }),
    );
    await settled();
    const told = (await subscriber.received()).filter(({ detail }) => detail.data.stream === stream);
    expect(told.map((one) => one['detail-type']).toSorted()).toEqual(['DeadLettered', 'ProjectionFaulted']);
    expect(told.find((one) => one['detail-type'] === 'DeadLettered')!.detail.data).toEqual({
      queue: 'feed',
      stream,
      version: 3,
      error: expect.stringContaining('9007199254740993 cannot be read exactly'),
      action: 'orderstream dlq list feed',
    });
  });
});
