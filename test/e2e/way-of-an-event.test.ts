import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lifecycle, payloads } from '../support/orders';
import { System } from '../support/system';

let system: System;
beforeAll(async () => {
  system = await System.start();
}, 60_000);
afterAll(() => system?.stop());

describe('an order event on the bus', () => {
  it('becomes a recorded event with every attribute, and an order that can be read', async () => {
    const orderId = system.newId('o');
    const [entry] = await system.put({ type: 'OrderCreated', detail: payloads.created(orderId) });
    await system.settled(async () => {
      const [event, ...others] = await system.stream(`order#${orderId}`);
      expect(others).toEqual([]);
      expect(event).toMatchObject({
        stream: `order#${orderId}`,
        version: 1,
        id: entry!.EventId,
        source: 'shop',
        type: 'OrderCreated',
        subject: orderId,
        schemaVersion: 2,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        correlationId: expect.any(String),
        causationId: expect.any(String),
        data: { orderId, userId: 'u-1', currency: 'EUR', shippingFee: 490 },
        metadata: expect.any(Object),
        prevHash: '',
        hash: expect.stringMatching(/^[\w-]{43}$/),
      });
      const order = await system.get(`/orders/${orderId}`);
      expect(order).toMatchObject({
        status: 200,
        body: { orderId, userId: 'u-1', status: 'created', version: 1, currency: 'EUR', total: 2990, shippingFee: 490 },
      });
      expect(order.headers.get('etag')).toBe('"1"');
    });
  });

  it('goes through the whole lifecycle, each event chained to the one before it', async () => {
    const orderId = system.newId('o');
    for (const entry of lifecycle(orderId)) {
      await system.put(entry);
      await system.settled(async () => {});
    }
    await system.settled(async () => {
      const events = await system.stream(`order#${orderId}`);
      expect(events.map(({ type, version }) => [version, type])).toEqual([
        [1, 'OrderCreated'],
        [2, 'OrderConfirmed'],
        [3, 'OrderPaid'],
        [4, 'OrderShipped'],
        [5, 'OrderDelivered'],
      ]);
      for (const [index, event] of events.slice(1).entries()) expect(event.prevHash).toBe(events[index]!.hash);
      expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'delivered', version: 5 });
      expect(await system.inbox(`order#${orderId}`)).toEqual([]);
    });
  });

  it('ends in the right order when the events of an order come in the wrong one, in one call', async () => {
    const orderId = system.newId('o');
    await system.put(...lifecycle(orderId).toReversed());
    await system.settled(async () => {
      expect((await system.stream(`order#${orderId}`)).map(({ type }) => type)).toEqual(
        lifecycle(orderId).map(({ type }) => type),
      );
      expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'delivered', version: 5 });
      expect(await system.inbox(`order#${orderId}`)).toEqual([]);
    });
  });

  it('waits, parked, for a step that has not come', async () => {
    const orderId = system.newId('o');
    const [created, confirmed, , shipped] = lifecycle(orderId);
    await system.put(shipped!, created!, confirmed!);
    await system.settled(async () => {
      expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'confirmed', version: 2 });
      expect(await system.inbox(`order#${orderId}`)).toMatchObject([
        { state: 'parked', type: 'OrderShipped', reason: expect.any(String), parkedUntil: expect.any(String) },
      ]);
    });
  });

  it('may be cancelled until it is shipped, and takes no step after that', async () => {
    const orderId = system.newId('o');
    const [created, confirmed] = lifecycle(orderId);
    await system.put(created!);
    await system.settled(async () => {});
    await system.put({ type: 'OrderCancelled', detail: payloads.cancelled(orderId) });
    await system.settled(async () => {});
    await system.put(confirmed!);
    await system.settled(async () => {
      expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'cancelled', version: 2 });
      expect(await system.inbox(`order#${orderId}`)).toMatchObject([
        { state: 'rejected', type: 'OrderConfirmed', reason: expect.stringContaining('cancelled') },
      ]);
    });
  });

  it('is known by its aliases', async () => {
    const orderId = system.newId('o');
    await system.put({ type: 'OrderPlaced', detail: payloads.created(orderId) });
    await system.settled(async () => {});
    await system.put({ type: 'order_confirmed', detail: payloads.confirmed(orderId) });
    await system.settled(async () => {});
    await system.put({ type: 'PaymentProcessed', detail: payloads.paid(orderId) });
    await system.settled(async () => {
      expect((await system.stream(`order#${orderId}`)).map(({ type }) => type)).toEqual([
        'OrderCreated',
        'OrderConfirmed',
        'OrderPaid',
      ]);
    });
  });

  it('that is a CloudEvent keeps its identity, and is appended once however often it comes', async () => {
    const orderId = system.newId('o');
    const cloudEvent = {
      specversion: '1.0',
      id: system.newId('ce'),
      source: '/shops/berlin',
      type: 'com.example.order.placed',
      subject: orderId,
      time: '2026-01-02T03:04:05.678Z',
      correlationid: 'story-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data: payloads.created(orderId),
    };
    const entry = { type: 'com.example.order.placed', detail: cloudEvent };
    await system.put(entry, entry, entry);
    await system.settled(async () => {});
    await system.put(entry);
    await system.settled(async () => {
      const events = await system.stream(`order#${orderId}`);
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({
        id: cloudEvent.id,
        source: '/shops/berlin',
        type: 'OrderCreated',
        time: '2026-01-02T03:04:05.678Z',
        correlationId: 'story-1',
        traceparent: cloudEvent.traceparent,
      });
      expect(await system.inbox(`order#${orderId}`)).toEqual([]);
    });
  });

  it('that repeats a step under another id is redundant when equal, and rejected when it differs', async () => {
    const orderId = system.newId('o');
    const [created, confirmed, paid] = lifecycle(orderId);
    for (const entry of [created!, confirmed!, paid!, paid!]) {
      await system.put(entry);
      await system.settled(async () => {});
    }
    await system.settled(async () => {
      expect(await system.stream(`order#${orderId}`)).toHaveLength(3);
      expect(await system.inbox(`order#${orderId}`)).toEqual([]);
    });
    await system.put({ type: 'OrderPaid', detail: payloads.paid(orderId, 2990, 'another-payment') });
    await system.settled(async () => {
      expect(await system.stream(`order#${orderId}`)).toHaveLength(3);
      expect(await system.inbox(`order#${orderId}`)).toMatchObject([
        { state: 'rejected', problems: [{ field: expect.stringContaining('paymentId'), value: 'another-payment' }] },
      ]);
    });
  });
});

describe('an event that can never be valid', () => {
  const cases: [name: string, type: string, change: object, field: string][] = [
    ['a missing field', 'OrderCreated', { userId: undefined }, 'userId'],
    ['a wrong-typed field', 'OrderCreated', { currency: 7 }, 'currency'],
    ['a negative quantity', 'OrderCreated', { items: [{ sku: 'mug', quantity: -1, unitPrice: 1 }] }, 'quantity'],
    ['fractional money', 'OrderCreated', { items: [{ sku: 'mug', quantity: 1, unitPrice: 9.99 }] }, 'unitPrice'],
    ['a wrong total', 'OrderCreated', { total: 1 }, 'total'],
    ['a misspelt type', 'OrderCreatd', {}, 'type'],
  ];
  it.each(cases)('(%s) becomes a rejected record that says what would be right', async (_name, type, change, field) => {
    const orderId = system.newId('o');
    await system.put({ type, detail: { ...payloads.created(orderId), ...change } });
    await system.settled(async () => {
      expect(await system.stream(`order#${orderId}`)).toEqual([]);
      const [record, ...others] = await system.inbox(`order#${orderId}`);
      expect(others).toEqual([]);
      expect(record).toMatchObject({
        state: 'rejected',
        type,
        reason: expect.any(String),
        event: { 'detail-type': type },
      });
      expect(record!.problems).toEqual([
        expect.objectContaining({ field: expect.stringContaining(field), expected: expect.any(String) }),
      ]);
    });
  });

  it('whose detail is not JSON is refused by PutEvents, and the others of the call are taken', async () => {
    const orderId = system.newId('o');
    const answers = await system.put(
      { type: 'OrderCreated', detail: '{not json' },
      { type: 'OrderCreated', detail: payloads.created(orderId) },
    );
    expect(answers[0]).toMatchObject({ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' });
    expect(answers[1]!.EventId).toEqual(expect.any(String));
    await system.settled(async () => expect(await system.stream(`order#${orderId}`)).toHaveLength(1));
  });

  it('that no rule takes is in the unrouted queue', async () => {
    const marker = system.newId('weather');
    await system.put({ type: 'WeatherChanged', detail: { marker } });
    await system.settled(async () => {
      const { Messages } = await system.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: system.outputs.UnroutedQueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
        }),
      );
      const details = (Messages ?? []).map(({ Body }) => JSON.parse(Body!).detail);
      expect(details).toContainEqual({ marker });
    });
  });
});

describe('the other aggregates', () => {
  it('take stock and keep its level', async () => {
    const sku = system.newId('sku');
    await system.put(
      { type: 'StockAdded', detail: { sku, quantity: 5 } },
      { type: 'StockAdded', detail: { sku, quantity: 7 } },
    );
    await system.settled(async () => {
      expect((await system.get(`/inventory/${sku}`)).body).toMatchObject({
        sku,
        onHand: 12,
        reserved: 0,
        available: 12,
      });
    });
  });

  it('take users through their life', async () => {
    const userId = system.newId('u');
    await system.put({ type: 'UserCreated', detail: { userId, email: 'a@example.com', name: 'Ada' } });
    await system.settled(async () => {});
    await system.put({ type: 'UserUpdated', detail: { userId, name: 'Ada L.' } });
    await system.settled(async () => {
      expect((await system.get(`/users/${userId}`)).body).toMatchObject({ userId, name: 'Ada L.', version: 2 });
    });
    await system.put({ type: 'UserDeleted', detail: { userId } });
    await system.settled(async () => {
      expect(await system.stream(`user#${userId}`)).toHaveLength(3);
      expect(JSON.stringify((await system.get(`/users/${userId}`)).body)).not.toContain('Ada');
    });
  });
});
