import { describe, expect, test } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { factOf } from '../../functions/projections/fact';
import { recorded } from '../support/recorded';

const paid = recorded(
  'order#o-1',
  3,
  'OrderPaid',
  { orderId: 'o-1', paymentId: 'pay-1', amount: 2500 },
  {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    metadata: { fact: { userId: 'u-1', statusBefore: 'confirmed', statusAfter: 'paid', total: 2500, currency: 'EUR' } },
  },
);

describe('a fact', () => {
  test('is a CloudEvent that says all a subscriber needs', () => {
    const { type, time, detail } = factOf(paid);
    expect({ type, time }).toEqual({ type: 'OrderPaid', time: '2026-01-01T12:00:03.000Z' });
    expect(new CloudEvent(detail as never).validate()).toBe(true);
    expect(detail).toEqual({
      specversion: '1.0',
      id: 'order#o-1@3',
      source: 'orderstream',
      type: 'OrderPaid',
      subject: 'o-1',
      time: '2026-01-01T12:00:03.000Z',
      recordedat: '2026-01-01T12:00:03.000Z',
      datacontenttype: 'application/json',
      sequence: '3',
      sequencetype: 'Integer',
      partitionkey: 'order#o-1',
      correlationid: 'story-o-1',
      causationid: 'story-o-1',
      schemaversion: 1,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      originid: 'o-1-3',
      originsource: 'test.shop',
      data: {
        orderId: 'o-1',
        paymentId: 'pay-1',
        amount: 2500,
        userId: 'u-1',
        statusBefore: 'confirmed',
        statusAfter: 'paid',
        total: 2500,
        currency: 'EUR',
      },
    });
  });

  test.each(['UserCreated', 'UserUpdated', 'UserDeleted'])('of %s has no personal data', (type) => {
    const data = { userId: 'u-1', email: 'ada@example.com', name: 'Ada', phone: '12345' };
    const fact = factOf(recorded('user#u-1', 1, type, data));
    expect(JSON.stringify(fact)).not.toMatch(/ada|12345/i);
    expect(fact.detail.data).toMatchObject({ userId: 'u-1' });
  });

  test('of a user’s event says what the writer noted for it, of sealed data nothing', () => {
    const sealed = recorded(
      'user#u-1',
      2,
      'UserUpdated',
      { userId: 'u-1', sealed: 'v1.data' },
      { metadata: { profile: 'v1.profile', sealed: 'v1.rest', fact: { changed: ['email', 'name'] } } },
    );
    expect(factOf(sealed).detail.data).toEqual({ userId: 'u-1', changed: ['email', 'name'] });
    expect(JSON.stringify(factOf(sealed))).not.toContain('v1.');
  });
});
