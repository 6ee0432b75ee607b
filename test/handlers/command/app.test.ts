import { beforeEach, describe, expect, it } from '@jest/globals';
import { derivedId } from '../../../functions/adapters/derived-id';
import { makeExecuteCommand } from '../../../functions/application/execute-command';
import { commandApp } from '../../../functions/handlers/command/app';
import { FixedEffects } from '../../support/fixed-effects';
import type { MemoryEventStore } from '../../support/memory-event-store';
import type { MemoryInbox } from '../../support/memory-inbox';
import { MemoryTelemetry } from '../../support/memory-telemetry';
import { memoryWriteSide } from '../../support/memory-write-side';
import { payloads } from '../../support/orders';

let events: MemoryEventStore;
let inbox: MemoryInbox;
let app: ReturnType<typeof commandApp>;

beforeEach(() => {
  const effects = new FixedEffects();
  const side = memoryWriteSide(effects);
  events = side.events;
  inbox = side.inbox;
  const bus = { put: () => Promise.reject(new Error('no event is expected')) };
  const execute = makeExecuteCommand(side);
  app = commandApp({ execute, bus, telemetry: new MemoryTelemetry(), effects, derivedId });
});

type Headers = Record<string, string>;

async function send(method: string, path: string, body?: unknown, headers: Headers = {}, env: object = {}) {
  const request = {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
  const answer = await app.request(path, request, env);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined };
}

const { orderId: _, ...order } = payloads.created('x');
const create = (orderId = 'o-1', headers: Headers = {}) => send('POST', '/orders', { orderId, ...order }, headers);

describe('a command', () => {
  it('makes an order, and says where it is and at which version', async () => {
    const { status, headers, body } = await create();
    expect(status).toBe(201);
    expect([headers.get('location'), headers.get('etag')]).toEqual(['/orders/o-1', '"1"']);
    expect(body).toMatchObject({ orderId: 'o-1', status: 'created', version: 1, total: 2990, items: [{ sku: 'mug' }] });
    expect(events.stream('order#o-1')).toMatchObject([
      { type: 'OrderCreated', source: 'orderstream/commands', time: '2026-01-01T12:00:00.000Z' },
    ]);
  });

  it('takes an order through its life', async () => {
    await create();
    const steps = [
      ['confirm', undefined, 'confirmed'],
      ['pay', { paymentId: 'p', amount: 2990 }, 'paid'],
      ['ship', {}, 'shipped'],
      ['deliver', undefined, 'delivered'],
    ] as const;
    for (const [index, [step, body, status]] of steps.entries()) {
      const answer = await send('POST', `/orders/o-1/${step}`, body);
      expect([answer.status, answer.headers.get('etag'), answer.body.status]).toEqual([200, `"${index + 2}"`, status]);
    }
  });

  it('cancels, stocks, and keeps users', async () => {
    await create();
    expect((await send('POST', '/orders/o-1/cancel', { reason: 'r' })).body).toMatchObject({ status: 'cancelled' });
    expect((await send('POST', '/inventory/mug/stock', { quantity: 3 })).body).toMatchObject({
      sku: 'mug',
      onHand: 3,
      reserved: 0,
      available: 3,
    });
    const user = await send('POST', '/users', { email: 'ada@example.com', name: 'Ada' });
    expect(user).toMatchObject({ status: 201, body: { status: 'active', name: 'Ada' } });
    const at = user.headers.get('location') ?? '';
    expect(at).toBe(`/users/${user.body.userId}`);
    expect((await send('PATCH', at, { name: 'Ada L.' })).body).toMatchObject({ name: 'Ada L.', version: 2 });
    expect((await send('DELETE', at)).body).toMatchObject({ status: 'deleted', version: 3 });
    expect((await send('DELETE', at)).headers.get('etag')).toBe('"3"');
  });

  it('carries the trace of its caller', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await create('o-1', { traceparent });
    expect(events.stream('order#o-1')[0]?.traceparent).toBe(traceparent);
  });
});

describe('a repeated command', () => {
  const key = { 'Idempotency-Key': 'k-1' };

  it('has its first answer, at its version, whatever came after', async () => {
    const first = await send('POST', '/orders', order, key);
    const at = `${first.headers.get('location')}`;
    const other = { 'Idempotency-Key': 'k-2' };
    const confirmed = await send('POST', `${at}/confirm`, undefined, other);
    await send('POST', `${at}/cancel`, { reason: 'r' });
    for (const [answer, again] of [
      [first, await send('POST', '/orders', order, key)],
      [confirmed, await send('POST', `${at}/confirm`, undefined, { ...other, 'If-Match': '"1"' })],
    ] as const) {
      expect([again.status, again.body]).toEqual([answer.status, answer.body]);
      expect([again.headers.get('etag'), again.headers.get('location')]).toEqual([answer.headers.get('etag'), at]);
    }
    expect(events.appended).toHaveLength(3);
  });

  it('with the same key and something else in it is refused', async () => {
    await create('o-1', key);
    const other = await send('POST', '/orders', { orderId: 'o-1', ...order, userId: 'u-2' }, key);
    expect(other).toMatchObject({ status: 422, body: { problems: [{ field: 'Idempotency-Key' }] } });
  });

  it('without a key changes nothing when it says the same', async () => {
    await create();
    expect((await create()).status).toBe(200);
    await send('POST', '/orders/o-1/confirm');
    expect(await send('POST', '/orders/o-1/confirm')).toMatchObject({ status: 200, body: { version: 2 } });
    expect(events.appended).toHaveLength(2);
  });
});

describe('a command that loses every race', () => {
  it('is told to try again, and is no refusal', async () => {
    await create();
    events.append = async () => {
      throw Object.assign(new Error('lost'), { code: 'append-conflict', streams: ['order#o-1'] });
    };
    const { status, headers, body } = await send('POST', '/orders/o-1/confirm');
    expect([status, body.type, headers.get('retry-after')]).toEqual([409, 'urn:problem-type:orderstream:busy', '1']);
    expect(inbox.items).toEqual([]);
  });
});

describe('a refused command', () => {
  it.each([
    ['before its turn', 'POST', '/orders/o-1/ship', {}, {}, 409],
    ['with a wrong amount', 'POST', '/orders/o-1/pay', { paymentId: 'p', amount: 1 }, {}, 409],
    ['on another version', 'POST', '/orders/o-1/confirm', {}, { 'If-Match': '"7", "8"' }, 412],
    ['for what is not there', 'POST', '/orders/o-2/confirm', {}, {}, 404],
    ['for a user that is not there', 'PATCH', '/users/u-1', { name: 'x' }, {}, 404],
  ])('%s is recorded, and changes nothing', async (_name, method, path, body, headers, status) => {
    await create();
    const refused = await send(method, path, body, headers as Headers);
    expect(refused.status).toBe(status);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.body).toMatchObject({ type: expect.stringContaining('urn:'), title: expect.any(String), status });
    expect(inbox.items).toMatchObject([
      { state: 'refused', source: 'orderstream/commands', reason: refused.body.detail },
    ]);
    expect(events.appended).toHaveLength(1);
  });

  it('tells the version that stands', async () => {
    await create();
    const { headers, body } = await send('POST', '/orders/o-1/confirm', {}, { 'If-Match': '"7"' });
    expect([headers.get('etag'), body.version]).toEqual(['"1"', 1]);
    expect((await send('POST', '/orders/o-1/confirm', {}, { 'If-Match': '"1"' })).status).toBe(200);
  });

  it('is recorded with who, what, when and why', async () => {
    await create();
    const asked = { reason: 'r' };
    const principal = 'arn:aws:sts::000000000000:assumed-role/shop/ada';
    const signed = { requestContext: { authorizer: { iam: { userArn: principal } }, http: { sourceIp: '192.0.2.1' } } };
    const open = { requestContext: { http: { sourceIp: '192.0.2.1' } } };
    for (const event of [signed, open, undefined])
      await send('POST', '/orders/o-1/cancel', asked, { 'If-Match': '"7"' }, { event });
    const record = {
      stream: 'order#o-1',
      type: 'OrderCancelled',
      reason: 'the version is 1, not 7',
      problems: [{ field: 'If-Match', value: '"7"', expected: '"1"' }],
      at: '2026-01-01T12:00:00.000Z',
    };
    const whats = { type: 'OrderCancelled', data: { orderId: 'o-1', ...asked }, onVersions: [7] };
    expect(inbox.items).toMatchObject(
      [
        { principal },
        { principal: 'anonymous', sourceIp: '192.0.2.1' },
        { principal: 'anonymous', sourceIp: 'unknown' },
      ].map((by) => ({ ...record, event: { ...whats, by } })),
    );
  });

  it('is not recorded when it is no command at all', async () => {
    const cases: [string, string, unknown, Headers, number, string?][] = [
      ['POST', '/orders', '{not json', {}, 400],
      ['POST', '/orders', '[]', {}, 400],
      ['POST', '/orders', undefined, {}, 400],
      ['POST', '/orders', { ...order, currency: 'XXX' }, {}, 400],
      ['POST', '/orders', order, { 'If-Match': 'W/"1"' }, 400],
      ['POST', '/orders', order, { 'Idempotency-Key': 'a b' }, 400],
      ['POST', '/orders/o-1/confirm', { orderId: 'o-2' }, {}, 400],
      ['POST', '/orders', '{"userId":"\\ud83d"}', {}, 400],
      ['POST', '/orders', order, { 'content-type': 'application/json; charset=utf-16' }, 415],
      ['POST', '/nowhere', {}, {}, 404],
      ['GET', '/orders', undefined, {}, 405, 'POST'],
      ['PUT', '/users/u-1', {}, {}, 405, 'PATCH, DELETE'],
      ['POST', '/orders', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ];
    for (const [method, path, body, headers, status, allow] of cases) {
      const answer = await send(method, path, body, headers);
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.body).toMatchObject({ status, detail: expect.any(String) });
      if (allow) expect(answer.headers.get('allow')).toBe(allow);
    }
    expect([inbox.items, events.appended]).toEqual([[], []]);
  });

  it('names each field that is wrong', async () => {
    const { body } = await send('POST', '/orders', { ...order, userId: 7, items: [{ sku: 'a', quantity: 0.5 }] });
    expect(body.problems.map(({ field }: { field: string }) => field)).toEqual([
      'userId',
      'items[0].quantity',
      'items[0].unitPrice',
    ]);
  });
});
