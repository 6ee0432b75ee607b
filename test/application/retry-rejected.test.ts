import { describe, expect, it } from '@jest/globals';
import { fixedEvent, ingestOf } from '../../functions/application/retry-rejected';

const bare = { id: 'e-1', source: 'shop', 'detail-type': 'OrderPaid', time: '2026-01-01T12:00:00Z' };
const data = { orderId: 'o-1', paymentId: 'p-1', amount: 25 };
const cloudEvent = { specversion: '1.0', id: 'e-1', source: 'shop', type: 'OrderPaid' };
const base64 = Buffer.from(JSON.stringify(data)).toString('base64');

describe('a fixed event', () => {
  it.each([
    ['the payload', { ...bare, detail: data }, { ...bare, detail: { ...data, amount: 2500 } }],
    [
      'the data of a CloudEvent',
      { ...bare, detail: { ...cloudEvent, data } },
      { ...bare, detail: { ...cloudEvent, data: { ...data, amount: 2500 } } },
    ],
    [
      'the data of a CloudEvent in base64',
      { ...bare, detail: { ...cloudEvent, data_base64: base64 } },
      { ...bare, detail: { ...cloudEvent, data: { ...data, amount: 2500 } } },
    ],
    ['a payload that was none', { ...bare, detail: 'nonsense' }, { ...bare, detail: { amount: 2500 } }],
  ])('has %s put right, and the rest as it came', (_, event, fixed) => {
    expect(fixedEvent(event, { data: { amount: 2500 } })).toEqual(fixed);
  });

  it('loses the fields that the fix takes away', () => {
    expect(fixedEvent({ ...bare, detail: { orderId: 'o-1', reason: 'x' } }, { data: { reason: null } })).toEqual({
      ...bare,
      detail: { orderId: 'o-1' },
    });
  });

  it('has another type, where its type is', () => {
    expect(fixedEvent({ ...bare, detail: data }, { type: 'OrderCancelled' })).toMatchObject({
      'detail-type': 'OrderCancelled',
    });
    expect(fixedEvent({ ...bare, detail: { ...cloudEvent, data } }, { type: 'OrderCancelled' })).toEqual({
      ...bare,
      detail: { ...cloudEvent, type: 'OrderCancelled', data },
    });
  });
});

describe('the ingest that decides it', () => {
  it.each([
    ['its type, when it is valid', { ...bare, detail: data }, 'unaddressed#e-1', 'order'],
    ['its type, when it is not', { ...bare, 'detail-type': 'StockAdded', detail: {} }, 'unaddressed#e-1', 'inventory'],
    ['what its type begins with', { ...bare, 'detail-type': 'UserMoved', detail: {} }, 'unaddressed#e-1', 'user'],
    ['its stream, when its type says nothing', { ...bare, 'detail-type': 'Hello', detail: {} }, 'order#o-1', 'order'],
    [
      'nobody, when neither says anything',
      { ...bare, 'detail-type': 'Hello', detail: {} },
      'unaddressed#e-1',
      undefined,
    ],
  ])('is known by %s', (_, event, stream, ingest) => expect(ingestOf(event, stream)).toBe(ingest));
});
