import { describe, expect, it } from '@jest/globals';
import { decodeEvent } from '../../functions/application/decode-event';
import { checkRecorded } from '../../functions/application/payload-schemas';
import { cloudEventEnvelope, envelope } from '../support/envelopes';
import { payloads } from '../support/orders';

const order = payloads.created('o-1');
const valid = (input: unknown) => {
  const decoded = decodeEvent(input);
  if (!decoded.ok) throw new Error(`rejected: ${JSON.stringify(decoded.invalid)}`);
  return decoded.event;
};
const invalid = (input: unknown) => {
  const decoded = decodeEvent(input);
  if (decoded.ok) throw new Error('it was taken');
  return decoded.invalid;
};
const problemsOf = (change: object) => invalid(envelope('OrderCreated', { ...order, ...change })).problems;

describe('a bare payload', () => {
  it('has its identity, type and time from the envelope', () => {
    expect(valid(envelope('OrderCreated', order, { id: 'eb-1' }))).toEqual({
      aggregate: 'order',
      stream: 'order#o-1',
      subject: 'o-1',
      id: 'eb-1',
      source: 'shop',
      schemaVersion: 2,
      time: '2026-01-01T10:00:00.000Z',
      event: { type: 'OrderCreated', data: order },
      metadata: {},
    });
  });

  it('keeps what we do not know, and the name that its producer gave it', () => {
    const event = valid(envelope('order.placed', { ...order, giftWrap: { colour: 'red' } }, { resources: ['arn:x'] }));
    expect(event.event).toEqual({ type: 'OrderCreated', data: { ...order, giftWrap: { colour: 'red' } } });
    expect(event.metadata).toEqual({ type: 'order.placed', resources: ['arn:x'] });
  });
});

describe('a CloudEvent', () => {
  it('has its own identity, and where it says nothing the time of the envelope', () => {
    const event = valid(cloudEventEnvelope({ id: 'ce-9', source: '/shops/berlin', data: order }));
    expect(event).toMatchObject({
      id: 'ce-9',
      source: '/shops/berlin',
      time: '2026-01-01T10:00:00.000Z',
      metadata: {},
    });
  });

  it('brings its story, its cause and its trace, and keeps its other extensions', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = valid(
      cloudEventEnvelope({
        time: '2026-01-02T04:04:05.6789+01:00',
        subject: 'orders/o-1',
        datacontenttype: 'application/json; charset=utf-8',
        dataschema: 'https://example.com/order.json',
        correlationid: 'story-1',
        causationid: 'cause-1',
        traceparent,
        schemaversion: '2',
        tenant: 'acme',
        data: order,
      }),
    );
    expect(event).toMatchObject({ time: '2026-01-02T03:04:05.678Z', correlationId: 'story-1', causationId: 'cause-1' });
    expect(event.traceparent).toBe(traceparent);
    expect(event.metadata).toEqual({
      dataschema: 'https://example.com/order.json',
      extensions: { tenant: 'acme' },
      subject: 'orders/o-1',
    });
  });

  it('may have its data in base64', () => {
    const data_base64 = Buffer.from(JSON.stringify({ orderId: 'ö-1' })).toString('base64');
    expect(valid(cloudEventEnvelope({ type: 'OrderConfirmed', data_base64 })).event.data).toEqual({ orderId: 'ö-1' });
  });

  it('starts no trace when its trace context is not one', () => {
    const event = valid(cloudEventEnvelope({ traceparent: 'nonsense', data: order }));
    expect(event.traceparent).toBeUndefined();
    expect(event.metadata).toEqual({ extensions: { traceparent: 'nonsense' } });
  });

  it.each([
    ['another version', { specversion: '0.3' }, 'specversion'],
    ['no id', { id: '' }, 'id'],
    ['a source that is no text', { source: 7 }, 'source'],
    ['the source of facts', { source: 'orderstream' }, 'source'],
    ['the source of commands', { source: 'orderstream/commands' }, 'source'],
    ['a time that is none', { time: 'yesterday' }, 'time'],
    ['another content type', { datacontenttype: 'text/xml' }, 'datacontenttype'],
    ['a schema version that is not known', { schemaversion: 3 }, 'schemaversion'],
    ['a correlation that is no text', { correlationid: 7 }, 'correlationid'],
    ['base64 that is not JSON', { data: undefined, data_base64: '!!' }, 'data_base64'],
  ])('with %s is rejected', (_, change, field) => {
    const { problems } = invalid(cloudEventEnvelope({ data: order, ...change }));
    expect(problems.map((problem) => problem.field)).toContain(field);
  });
});

describe('a payload that is not right', () => {
  it.each([
    ['a missing field', { userId: undefined }, { field: 'userId', expected: expect.stringContaining('text') }],
    ['a wrong type', { currency: 7 }, { field: 'currency', value: 7, expected: expect.stringContaining('ISO 4217') }],
    [
      'a bad currency',
      { currency: 'XXX' },
      { field: 'currency', value: 'XXX', expected: expect.stringContaining('EUR') },
    ],
    [
      'a negative quantity',
      { items: [{ sku: 'mug', quantity: -1, unitPrice: 1 }] },
      { field: 'items[0].quantity', value: -1, expected: 'a whole number, 1 or more' },
    ],
    [
      'fractional money',
      { items: [{ sku: 'mug', quantity: 1, unitPrice: 9.99 }] },
      { field: 'items[0].unitPrice', value: 9.99, expected: expect.stringContaining('minor units') },
    ],
    ['no lines', { items: [] }, { field: 'items', value: [], expected: expect.stringContaining('1 to 90') }],
    ['a null', { shippingFee: null }, { field: 'shippingFee', value: null, expected: expect.any(String) }],
    ['an id with a space', { orderId: 'o 1' }, { field: 'orderId', value: 'o 1', expected: expect.any(String) }],
    ['a number that no table keeps', { note: 1e300 }, { field: 'note', value: 1e300, expected: expect.any(String) }],
    ['half a character', { a: ['x\ud83d'] }, { field: 'a[0]', value: 'x\ud83d', expected: expect.any(String) }],
    ['half a character in a name', { '\ude00': 1 }, { field: '\ufffd', value: '\ude00', expected: expect.any(String) }],
  ])('by %s: says which field, which value, what would be right', (_, change, problem) => {
    expect(problemsOf(change)).toEqual([problem]);
  });

  it('says all that is wrong at once', () => {
    const { problems, reason } = invalid(envelope('OrderPaid', { orderId: 'o-1', amount: '1' }));
    expect(problems.map(({ field }) => field)).toEqual(['paymentId', 'amount']);
    expect(reason).toBe('not a valid OrderPaid: paymentId, amount');
  });

  it('may have 90 lines and no more', () => {
    const lines = (count: number) => ({ items: Array.from({ length: count }, () => order.items[0]) });
    expect(valid(envelope('OrderCreated', { ...order, ...lines(90) })).subject).toBe('o-1');
    const [problem, ...others] = problemsOf(lines(91));
    expect([problem?.field, others]).toEqual(['items', []]);
    expect(String(problem?.value).length).toBeLessThan(300);
  });

  it('may not have a field that is lost on its way into the table', () => {
    expect(problemsOf({ note: JSON.parse('{"__proto__": 1}') })).toMatchObject([{ field: 'note.__proto__', value: 1 }]);
  });

  it('may not be deeper or longer than the tables and the bus take', () => {
    const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), 1);
    expect(problemsOf({ deep })[0]?.expected).toContain('levels');
    expect(problemsOf({ long: 'x'.repeat(200_000) })[0]?.expected).toContain('characters of JSON');
  });

  it('is kept under the stream that it was meant for, if it says so', () => {
    expect(invalid(envelope('OrderPaid', { orderId: 'o-1' })).stream).toBe('order#o-1');
    expect(invalid(envelope('OrderPayed', { orderId: 'o-1' }))).toMatchObject({
      stream: 'order#o-1',
      reason: 'unknown event type "OrderPayed"',
      problems: [{ field: 'type', value: 'OrderPayed', expected: expect.stringContaining('OrderPaid') }],
    });
    expect(invalid(envelope('OrderPaid', { amount: 1 }, { id: 'e-1' })).stream).toBe('unaddressed#e-1');
  });

  it.each([[undefined], [null], ['text'], [[]], [{}], [{ detail: 'text' }], [{ detail: { specversion: '1.0' } }]])(
    'may be anything at all: %j',
    (input) => {
      expect(invalid(input)).toMatchObject({ id: expect.stringMatching(/./), source: expect.stringMatching(/./) });
    },
  );
});

describe('an event of an earlier schema version', () => {
  const stated = (schemaversion: unknown, type: string, data: object) =>
    cloudEventEnvelope({ type, schemaversion, data });

  it('becomes one of today, and says what it was', () => {
    const { shippingFee, ...early } = order;
    expect(valid(stated(1, 'OrderCreated', early))).toMatchObject({
      schemaVersion: 2,
      event: { data: { ...early, shippingFee: 0 } },
      metadata: { schemaVersion: 1 },
    });
    const tracking = 'DHL 00340434161094042557';
    expect(valid(stated('1', 'OrderShipped', { orderId: 'o-1', tracking })).event.data).toEqual({
      orderId: 'o-1',
      carrier: 'DHL',
      trackingNumber: '00340434161094042557',
    });
  });

  it('is checked as one of today', () => {
    expect(invalid(stated(1, 'OrderShipped', { orderId: 'o-1', tracking: 7 })).problems).toEqual([
      { field: 'trackingNumber', value: 7, expected: 'a text of 1 to 256 characters' },
    ]);
    expect(invalid(stated(1, 'OrderShipped', ['text'])).problems[0]?.field).toBe('data');
  });

  it('of today is taken as it is, and of a later one is rejected with what would be right', () => {
    const shipped = { orderId: 'o-1', tracking: 'DHL 1' };
    expect(valid(stated(2, 'OrderShipped', shipped))).toMatchObject({ event: { data: shipped }, metadata: {} });
    expect(invalid(stated(3, 'OrderShipped', shipped)).problems).toEqual([
      { field: 'schemaversion', value: 3, expected: expect.stringContaining("2, today's version of OrderShipped, or") },
    ]);
    expect(invalid(stated(2, 'OrderPaid', {})).problems[0]).toEqual({
      field: 'schemaversion',
      value: 2,
      expected: '1, the only version of OrderPaid',
    });
  });
});

describe('what only we record', () => {
  it.each([
    ['StockReserved', 'OrderConfirmed'],
    ['ReservationReleased', 'OrderCancelled'],
    ['ReservationCommitted', 'OrderShipped'],
  ])('%s is no event to put: %s brings it about', (type, step) => {
    expect(invalid(envelope(type, { sku: 'mug', orderId: 'o-1', quantity: 1 }))).toMatchObject({
      stream: 'inventory#mug',
      reason: `${type} is recorded with ${step}; it cannot be put`,
      problems: [{ field: 'type', value: type, expected: expect.stringContaining(step) }],
    });
  });

  it('is not offered to a producer who misspelt another', () => {
    expect(invalid(envelope('StockAded', { sku: 'mug', quantity: 1 })).problems).toEqual([
      { field: 'type', value: 'StockAded', expected: 'one of StockAdded' },
    ]);
  });

  it('are the reservations of a confirmation', () => {
    const reservations = [{ sku: 'mug', quantity: 1 }];
    expect(invalid(envelope('OrderConfirmed', { orderId: 'o-1', reservations })).problems).toEqual([
      { field: 'reservations', value: reservations, expected: expect.stringContaining('nothing') },
    ]);
    expect(checkRecorded('OrderConfirmed', { orderId: 'o-1', reservations }).ok).toBe(true);
  });
});

describe('a user', () => {
  it('is updated in at least one field', () => {
    expect(invalid(envelope('UserUpdated', { userId: 'u-1' })).problems).toEqual([
      { field: 'data', value: { userId: 'u-1' }, expected: 'at least one of email and name' },
    ]);
    expect(invalid(envelope('UserCreated', { userId: 'u-1', email: 'no', name: '' })).problems).toHaveLength(2);
  });
});
