import { describe, expect, it } from '@jest/globals';
import { brokenAt, seal } from '../../functions/adapters/hash-chain';
import { foldOrder } from '../../functions/application/aggregates';
import { eventBody } from '../../functions/application/queries/event-bodies';
import { understood, upcasted } from '../../functions/application/upcasted';
import { factOf } from '../../functions/projections/fact';
import { orderSummary } from '../../functions/projections/order-summary';
import { orderHistory, recorded } from '../support/recorded';

const tracking = 'DHL 00340434161094042557';
const [created, confirmed, paid] = orderHistory('o-1') as [never, never, never];
const shippedEarly = recorded('order#o-1', 4, 'OrderShipped', { orderId: 'o-1', tracking }, { schemaVersion: 1 });
const history = [created, confirmed, paid, shippedEarly];
const today = { carrier: 'DHL', trackingNumber: '00340434161094042557' };

describe('a stored event of an earlier form', () => {
  it('is one of today to the decider, the read model, the queries and the subscribers', () => {
    expect(foldOrder(history)).toMatchObject({ status: 'shipped', shipment: today });
    expect(
      history.reduce<never>((row, event) => orderSummary.fold(row, event) as never, undefined as never),
    ).toMatchObject({ status: 'shipped', ...today });
    expect(eventBody(shippedEarly)).toMatchObject({ schemaVersion: 2, data: { orderId: 'o-1', ...today } });
    expect(factOf(shippedEarly).detail.data).toEqual({ orderId: 'o-1', ...today });
  });

  it('still has the hash of what is stored', () => {
    const { hash, ...content } = { ...shippedEarly, version: 1 };
    const sealed = seal(content);
    expect(brokenAt([sealed])).toBeUndefined();
    expect(upcasted(sealed).hash).toBe(sealed.hash);
    expect(sealed.data).toEqual({ orderId: 'o-1', tracking });
  });
});

describe('a stored event of a form that only a newer release knows', () => {
  const newer = recorded('order#o-1', 4, 'OrderShipped', { orderId: 'o-1' }, { schemaVersion: 3 });

  it('is not folded, and the error says why', () => {
    const why = 'OrderShipped (version 4 of order#o-1): schemaVersion is 3, expected 2 at most';
    expect(() => understood(newer)).toThrow(why);
    expect(() => foldOrder([...orderHistory('o-1', 3), newer])).toThrow(why);
    expect(() => orderSummary.fold(undefined, newer)).toThrow(why);
  });

  it('is passed on as it is', () => {
    expect(upcasted(newer)).toBe(newer);
    expect(eventBody(newer)).toMatchObject({ schemaVersion: 3 });
  });
});
