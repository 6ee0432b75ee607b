import { describe, expect, it } from '@jest/globals';
import { evolveInventory, type InventoryState, noInventory } from '../../functions/domain/inventory';
import { evolveOrder, noOrder, type OrderEvent, type OrderState } from '../../functions/domain/order';
import { reservationEvent, shortages, stockEffect, tracked } from '../../functions/domain/reservation';

const orderId = 'o-1';
const line = (sku: string, quantity: number) => ({ sku, quantity, unitPrice: 100 });
const created: OrderEvent = {
  type: 'OrderCreated',
  data: { orderId, userId: 'u-1', currency: 'EUR', items: [line('mug', 2), line('cup', 1), line('mug', 3)] },
};
const held = [{ sku: 'mug', quantity: 5 }];
const confirmed: OrderEvent = { type: 'OrderConfirmed', data: { orderId, reservations: held } };
const paid: OrderEvent = { type: 'OrderPaid', data: { orderId, paymentId: 'p', amount: 600 } };
const shipped: OrderEvent = { type: 'OrderShipped', data: { orderId } };
const cancelled: OrderEvent = { type: 'OrderCancelled', data: { orderId, reason: 'no' } };
const stateAfter = (...events: OrderEvent[]): OrderState => events.reduce(evolveOrder, noOrder);

describe('a step of an order', () => {
  it('that confirms it wants its lines, those of one SKU together', () => {
    expect(stockEffect(stateAfter(created), { type: 'OrderConfirmed', data: { orderId } })).toEqual({
      kind: 'reserve',
      wanted: [
        { sku: 'mug', quantity: 5 },
        { sku: 'cup', quantity: 1 },
      ],
    });
  });

  it('that cancels it gives back what is held, that ships it takes it off the shelf', () => {
    expect(stockEffect(stateAfter(created, confirmed), cancelled)).toEqual({
      kind: 'settle',
      type: 'ReservationReleased',
      reserved: held,
    });
    expect(stockEffect(stateAfter(created, confirmed, paid), shipped)).toEqual({
      kind: 'settle',
      type: 'ReservationCommitted',
      reserved: held,
    });
  });

  it('that is any other, or finds nothing held, leaves stock alone', () => {
    const unheld: OrderEvent = { type: 'OrderConfirmed', data: { orderId } };
    expect(stockEffect(noOrder, created)).toEqual({ kind: 'none' });
    expect(stockEffect(stateAfter(created), cancelled)).toEqual({ kind: 'none' });
    expect(stockEffect(stateAfter(created, unheld), cancelled)).toEqual({ kind: 'none' });
    expect(stockEffect(stateAfter(created, confirmed), paid)).toEqual({ kind: 'none' });
  });
});

describe('a reservation', () => {
  const stock: Record<string, InventoryState> = {
    mug: { tracked: true, onHand: 9, reserved: 5 },
    cup: { tracked: true, onHand: 1, reserved: 0 },
    pot: noInventory,
  };
  const stockOf = (sku: string) => stock[sku] ?? noInventory;

  it('needs so many pieces that nobody holds; a SKU that nobody has stocked is always available', () => {
    expect(
      shortages(
        [
          { sku: 'mug', quantity: 4 },
          { sku: 'cup', quantity: 1 },
        ],
        stockOf,
      ),
    ).toEqual([]);
    expect(
      shortages(
        [
          { sku: 'mug', quantity: 5 },
          { sku: 'pot', quantity: 99 },
        ],
        stockOf,
      ),
    ).toEqual([{ sku: 'mug', asked: 5, available: 4 }]);
    expect(
      tracked(
        [
          { sku: 'mug', quantity: 1 },
          { sku: 'pot', quantity: 1 },
        ],
        stockOf,
      ),
    ).toEqual([{ sku: 'mug', quantity: 1 }]);
  });

  it.each([
    ['ReservationReleased', { tracked: true, onHand: 9, reserved: 5 }],
    ['ReservationCommitted', { tracked: true, onHand: 7, reserved: 5 }],
  ] as const)('that has been made ends with %s', (type, end) => {
    const two = { sku: 'mug', quantity: 2 };
    const reserved = evolveInventory(stockOf('mug'), reservationEvent('StockReserved', orderId, two));
    expect(reserved).toEqual({ tracked: true, onHand: 9, reserved: 7 });
    expect(evolveInventory(reserved, reservationEvent(type, orderId, two))).toEqual(end);
  });
});
