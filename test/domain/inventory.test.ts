import { describe, expect, it } from '@jest/globals';
import {
  available,
  decideInventory,
  evolveInventory,
  type InventoryEvent,
  type InventoryState,
  noInventory,
} from '../../functions/domain/inventory';
import { specificationOf } from '../support/decider-specification';

const { given } = specificationOf<InventoryState, InventoryEvent>({
  initialState: noInventory,
  evolve: evolveInventory,
  decide: decideInventory,
});

const added = (quantity: number): InventoryEvent => ({ type: 'StockAdded', data: { sku: 'mug', quantity } });

describe('the inventory of a SKU', () => {
  it('is untracked until somebody stocks it, and then the sum of what was added', () => {
    given().thenItIs({ tracked: false, onHand: 0, reserved: 0 });
    given(added(3), added(4)).thenItIs({ tracked: true, onHand: 7, reserved: 0 });
    expect(available({ tracked: true, onHand: 7, reserved: 2 })).toBe(5);
  });

  it('takes every addition, and rejects what cannot be counted', () => {
    given(added(3)).when(added(3)).thenAppended();
    given(added(Number.MAX_SAFE_INTEGER)).when(added(1)).thenRejected('more stock than can be counted', 'quantity');
  });

  it.each([
    ['StockReserved', 'OrderConfirmed'],
    ['ReservationReleased', 'OrderCancelled'],
    ['ReservationCommitted', 'OrderShipped'],
  ] as const)('takes no %s by itself: it comes with %s', (type, _step) => {
    const data = { sku: 'mug', orderId: 'o-1', quantity: 1 };
    given(added(3)).when({ type, data }).thenRejected("with the order's own step", 'type');
  });
});
