import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lifecycle, payloads } from '../support/orders';
import { System } from '../support/system';

let system: System;
beforeAll(async () => {
  system = await System.start();
}, 60_000);
afterAll(() => system?.stop());

const orderBody = (orderId?: string) => {
  const { orderId: _, ...body } = payloads.created('x');
  return orderId ? { orderId, ...body } : body;
};

describe('the command API', () => {
  it('takes an order through its life, with its version in the ETag', async () => {
    const orderId = system.newId('o');
    const created = await system.command('POST', '/orders', orderBody(orderId));
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toContain(`/orders/${orderId}`);
    expect(created.headers.get('etag')).toBe('"1"');
    const steps: [string, object][] = [
      ['confirm', {}],
      ['pay', { paymentId: 'p-1', amount: 2990 }],
      ['ship', { carrier: 'dhl' }],
      ['deliver', {}],
    ];
    for (const [index, [step, body]] of steps.entries()) {
      const answer = await system.command('POST', `/orders/${orderId}/${step}`, body);
      expect([step, answer.status, answer.headers.get('etag')]).toEqual([step, 200, `"${index + 2}"`]);
    }
    await system.settled(async () => {
      expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'delivered', version: 5 });
    });
  });

  it('answers a repeated command with its first answer', async () => {
    const key = { 'Idempotency-Key': system.newId('key') };
    const first = await system.command('POST', '/orders', orderBody(), key);
    const again = await system.command('POST', '/orders', orderBody(), key);
    expect(first.status).toBe(201);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('refuses a command on another version than the caller saw', async () => {
    const orderId = system.newId('o');
    await system.command('POST', '/orders', orderBody(orderId));
    const stale = await system.command('POST', `/orders/${orderId}/confirm`, {}, { 'If-Match': '"7"' });
    expect(stale.status).toBe(412);
    expect(stale.headers.get('content-type')).toContain('application/problem+json');
  });

  it('refuses what the order does not allow, records it, and changes nothing', async () => {
    const orderId = system.newId('o');
    await system.command('POST', '/orders', orderBody(orderId));
    const refused = await system.command('POST', `/orders/${orderId}/ship`, {});
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status: 409,
      detail: expect.any(String),
    });
    expect(await system.inbox(`order#${orderId}`)).toMatchObject([{ state: 'refused' }]);
    expect(await system.stream(`order#${orderId}`)).toHaveLength(1);
  });

  it('answers every error with problem details', async () => {
    const cases: [string, string, unknown, Record<string, string>, number][] = [
      ['POST', '/orders', '{not json', {}, 400],
      ['POST', '/orders', { ...orderBody(), currency: 'XXXX' }, {}, 400],
      ['POST', `/orders/${system.newId('none')}/confirm`, {}, {}, 404],
      ['POST', '/nowhere', {}, {}, 404],
      ['DELETE', '/orders', undefined, {}, 405],
      ['POST', '/orders', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ];
    for (const [method, path, body, headers, status] of cases) {
      const answer = await system.command(method, path, body, headers);
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ title: expect.any(String), status });
    }
  });

  it('takes CloudEvents: structured, binary and batched', async () => {
    const orderId = system.newId('o');
    const event = (type: string, data: object) => ({
      specversion: '1.0',
      id: system.newId('ce'),
      source: '/http',
      type,
      data,
    });
    const structured = await system.command('POST', '/events', event('OrderCreated', payloads.created(orderId)), {
      'content-type': 'application/cloudevents+json',
    });
    expect(structured.status).toBe(202);
    await system.settled(async () => {});
    const binary = await system.command('POST', '/events', payloads.confirmed(orderId), {
      'ce-specversion': '1.0',
      'ce-id': system.newId('ce'),
      'ce-source': '/http',
      'ce-type': 'OrderConfirmed',
    });
    expect(binary.status).toBe(202);
    const batch = [event('OrderPaid', payloads.paid(orderId)), event('OrderShipped', payloads.shipped(orderId))];
    const batched = await system.command('POST', '/events', batch, {
      'content-type': 'application/cloudevents-batch+json',
    });
    expect(batched.status).toBe(202);
    await system.settled(async () => {
      expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'shipped', version: 4 });
    });
  });
});

describe('the query API', () => {
  it('shows an order at a version, at a time, and folded from its stream', async () => {
    const orderId = system.newId('o');
    for (const entry of lifecycle(orderId).slice(0, 3)) {
      await system.put(entry);
      await system.settled(async () => {});
    }
    const [, second] = await system.stream(`order#${orderId}`);
    expect((await system.get(`/orders/${orderId}?version=1`)).body).toMatchObject({ status: 'created', version: 1 });
    const asOf = encodeURIComponent(second!.recordedAt);
    expect((await system.get(`/orders/${orderId}?asOf=${asOf}`)).body).toMatchObject({ version: 2 });
    const folded = await system.get(`/orders/${orderId}?consistent=true`);
    const projected = await system.get(`/orders/${orderId}`, { 'If-Consistent': `order#${orderId}@3` });
    expect(folded.body).toMatchObject({ status: 'paid', version: 3 });
    expect(projected.body).toEqual(folded.body);
    expect((await system.get(`/orders/${orderId}/events`)).body.items).toHaveLength(3);
  });

  it('lists orders by user and by status, page by page, each once', async () => {
    const userId = system.newId('u');
    const ids = Array.from({ length: 7 }, () => system.newId('o'));
    await system.put(...ids.map((orderId) => ({ type: 'OrderCreated', detail: payloads.created(orderId, userId) })));
    await system.settled(async () => {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await system.get(
          `/users/${userId}/orders?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        seen.push(...body.items.map((order: { orderId: string }) => order.orderId));
        cursor = body.cursor ?? '';
      } while (cursor);
      expect(seen.toSorted()).toEqual(ids.toSorted());
      const created = await system.get('/orders?status=created&limit=100');
      expect(created.body.items.map((order: { orderId: string }) => order.orderId)).toEqual(
        expect.arrayContaining(ids),
      );
    });
  });

  it('lists events newest recorded first, by type or all, by id and by correlation', async () => {
    const orderId = system.newId('o');
    const story = system.newId('story');
    const cloudEvent = (id: string, type: string, data: object) => ({
      type,
      detail: { specversion: '1.0', id, source: '/list', type, correlationid: story, data },
    });
    const ids = [system.newId('e'), system.newId('e')];
    await system.put(cloudEvent(ids[0]!, 'OrderCreated', payloads.created(orderId)));
    await system.settled(async () => {});
    await system.put(cloudEvent(ids[1]!, 'OrderConfirmed', payloads.confirmed(orderId)));
    await system.settled(async () => {
      const all = await system.get('/events?limit=2');
      expect(all.body.items.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]]);
      const confirmed = await system.get('/events?type=OrderConfirmed&limit=1');
      expect(confirmed.body.items).toMatchObject([
        { id: ids[1], type: 'OrderConfirmed', stream: `order#${orderId}`, version: 2 },
      ]);
      expect((await system.get(`/events/${ids[0]}`)).body).toMatchObject({ id: ids[0], type: 'OrderCreated' });
      const correlated = await system.get(`/correlations/${story}`);
      expect(correlated.body.items.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted());
    });
  });

  it('answers every error with problem details', async () => {
    const cases: [string, number][] = [
      [`/orders/${system.newId('none')}`, 404],
      ['/orders?status=lost', 400],
      ['/orders?status=created&limit=0', 400],
      ['/events?cursor=%21', 400],
      ['/nowhere', 404],
    ];
    for (const [path, status] of cases) {
      const answer = await system.get(path);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('says how its projections do', async () => {
    const health = await system.get('/health');
    expect(health.status).toBe(200);
    expect(health.body).toMatchObject({ status: 'ok' });
  });
});
