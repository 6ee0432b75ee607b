import { describe, expect, it } from '@jest/globals';
import { upcast, upcasters } from '../../functions/domain/upcasters';

const shipped = (data: object) => upcast('OrderShipped', 1, { orderId: 'o-1', ...data }).data;

describe('an order of the first version', () => {
  it('was delivered free of charge where it says nothing of a fee', () => {
    expect(upcast('OrderCreated', 1, { orderId: 'o-1' })).toEqual({
      schemaVersion: 2,
      data: { orderId: 'o-1', shippingFee: 0 },
    });
    expect(upcast('OrderCreated', 1, { orderId: 'o-1', shippingFee: 490 }).data).toMatchObject({ shippingFee: 490 });
  });
});

describe('a shipment of the first version', () => {
  it.each([
    ['DHL 00340434161094042557', { carrier: 'DHL', trackingNumber: '00340434161094042557' }],
    [' DHL  Express 0034 0434', { carrier: 'DHL Express', trackingNumber: '0034 0434' }],
    ['1Z999AA10123456784', { trackingNumber: '1Z999AA10123456784' }],
    ['by courier', { trackingNumber: 'by courier' }],
  ])('was tracked by one text, "%s"', (tracking, fields) => {
    expect(shipped({ tracking })).toEqual({ orderId: 'o-1', ...fields });
  });

  it('may bring the two fields already, or none', () => {
    for (const data of [{}, { carrier: 'DHL', trackingNumber: 'T1' }, { carrier: 'DHL', tracking: 'kept as it came' }])
      expect(shipped(data)).toEqual({ orderId: 'o-1', ...data });
  });
});

describe('every step', () => {
  it.each(upcasters.map((step) => [step] as const))(
    'from $from of $type leaves what it is given alone',
    ({ type, from }) => {
      const data = Object.freeze({ tracking: 'DHL 1' });
      const once = upcast(type, from, data);
      expect(once).toEqual(upcast(type, from, data));
      expect(once.schemaVersion).toBeGreaterThan(from);
    },
  );

  it('leaves events of today, of tomorrow and of unknown types as they are', () => {
    const data = { tracking: 'DHL 1' };
    for (const [type, version] of [
      ['OrderShipped', 2],
      ['OrderShipped', 3],
      ['OrderPaid', 1],
      ['toString', 1],
    ] as const) {
      const form = upcast(type, version, data);
      expect([form.schemaVersion, form.data === data]).toEqual([version, true]);
    }
  });
});
