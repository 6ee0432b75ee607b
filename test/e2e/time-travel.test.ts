import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Operator } from '../support/operator';
import { payloads } from '../support/orders';
import { System } from '../support/system';

let system: System;
let operator: Operator;
beforeAll(async () => {
  system = await System.start();
  operator = new Operator(system);
}, 60_000);
afterAll(() => system?.stop());

const asOf = (path: string, time: string) => system.get(`${path}?asOf=${encodeURIComponent(time)}`);
const earlier = (time: string) => new Date(Date.parse(time) - 1).toISOString();

describe('a SKU of sixty changes, three of them with a snapshot', () => {
  const sku = 'time-lamp';
  const path = `/inventory/${encodeURIComponent(sku)}`;
  const length = 60;
  // biome-ignore lint/suspicious/noExplicitAny: items as they are.
  let stream: Record<string, any>[];
  beforeAll(async () => {
    for (let n = 1; n <= length; n++)
      await system.command('POST', `${path}/stock`, { quantity: n }, { 'Idempotency-Key': `stock-${n}` });
    stream = await system.stream(`inventory#${sku}`);
  }, 60_000);
  const sum = (n: number) => (n * (n + 1)) / 2;

  it('carries snapshots, or there was nothing to see here', () => {
    expect(stream).toHaveLength(length);
    expect(stream.filter(({ metadata }) => metadata.snapshot).length).toBeGreaterThanOrEqual(2);
  });

  it.each([1, 2, 18, 19, 20, 21, 22, 39, 40, 41, 59, 60])('is at version %d what it was', async (version) => {
    const { body, headers } = await system.get(`${path}?version=${version}`);
    expect(body).toMatchObject({ version, onHand: sum(version), available: sum(version) });
    expect(headers.get('etag')).toBe(`"${version}"`);
  });

  it('is at any time of recording what was known then', async () => {
    for (const version of [1, 7, 21, 33, 58, 60]) {
      const { recordedAt } = stream[version - 1]!;
      const together = stream.filter((event) => event.recordedAt <= recordedAt).length;
      expect((await asOf(path, recordedAt)).body).toMatchObject({ version: together, onHand: sum(together) });
      const before = stream.filter((event) => event.recordedAt <= earlier(recordedAt)).length;
      const past = await asOf(path, earlier(recordedAt));
      expect([past.status, past.body.version]).toEqual(before === 0 ? [404, undefined] : [200, before]);
    }
    expect((await asOf(path, '2999-01-01T00:00:00Z')).body).toMatchObject({ version: length });
    expect((await system.get(`${path}?consistent=true`)).body).toMatchObject({ version: length, onHand: sum(length) });
    expect((await system.get(`${path}?version=${length + 1}`)).body).toMatchObject({ status: 404, versions: length });
  });

  it('tells page by page what each event changed, none twice', async () => {
    const told: { version: number; changes: object[] }[] = [];
    let cursor = '';
    do {
      const { body } = await system.get(`${path}/events?limit=7${cursor && `&cursor=${cursor}`}`);
      told.push(...body.items);
      cursor = body.cursor ?? '';
    } while (cursor);
    expect(told.map(({ version }) => version)).toEqual(stream.map(({ version }) => version));
    for (const { version, changes } of told.slice(1))
      expect(changes).toContainEqual({ field: 'onHand', before: sum(version - 1), after: sum(version) });
  });
});

describe('the past of a user who was deleted', () => {
  it('shows that there was somebody, and nothing of who', async () => {
    const userId = system.newId('u');
    const email = `${userId}@example.com`;
    await system.command('POST', '/users', { userId, email, name: 'Ada Past' });
    await system.command('PATCH', `/users/${userId}`, { name: 'Ada Later' });
    const told = await system.get(`/users/${userId}/events`);
    expect(told.body.items[1].changes).toEqual([{ field: 'name', before: 'Ada Past', after: 'Ada Later' }]);
    expect((await system.get(`/users/${userId}?version=1`)).body).toMatchObject({ email, name: 'Ada Past' });
    await system.command('DELETE', `/users/${userId}`);
    const past = await system.get(`/users/${userId}?version=1`);
    expect(past.body).toMatchObject({ userId, version: 1, status: 'active', forgotten: true });
    const events = await system.get(`/users/${userId}/events`);
    expect(events.body.items.map(({ type }: { type: string }) => type)).toEqual([
      'UserCreated',
      'UserUpdated',
      'UserDeleted',
    ]);
    expect(events.body.items[2].changes).toContainEqual({ field: 'status', before: 'active', after: 'deleted' });
    expect(JSON.stringify([past.body, events.body])).not.toMatch(/Ada|example\.com/);
  });
});

describe('orderstream order --history', () => {
  it('shows what each event changed', async () => {
    const orderId = system.newId('o');
    await system.command('POST', '/orders', payloads.created(orderId));
    await system.command('POST', `/orders/${orderId}/confirm`, {});
    const { code, out } = await operator.run('order', orderId, '--history');
    expect(code).toBe(0);
    expect(out).toMatch(/^ +2 .* OrderConfirmed +status +created +confirmed$/m);
    const { items } = await operator.json('order', orderId, '--history');
    expect(items).toEqual((await system.get(`/orders/${orderId}/events`)).body.items);
  });
});
