import { describe, expect, test } from '@jest/globals';
import type { InventoryLevel } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { inventoryLevel } from '../../functions/projections/inventory-level';
import { recorded } from '../support/recorded';

const folded = (...events: readonly RecordedEvent[]) =>
  events.reduce<InventoryLevel | undefined>((row, event) => inventoryLevel.fold(row, event), undefined);
const added = (version: number, quantity: unknown) =>
  recorded('inventory#mug', version, 'StockAdded', { sku: 'mug', quantity });

describe('the level of a SKU', () => {
  test('is what was added', () => {
    expect(folded(added(1, 10), added(2, 5))).toEqual({
      stream: 'inventory#mug',
      version: 2,
      sku: 'mug',
      onHand: 15,
      reserved: 0,
      available: 15,
      updatedAt: '2026-01-01T12:00:02.000Z',
    });
  });

  test('cannot be told from a quantity that is no number, nor from an event that the decider passes over', () => {
    expect(() => folded(added(1, '10'))).toThrow('expected quantities that leave whole numbers');
    expect(() => folded(recorded('inventory#mug', 1, 'OrderPaid'))).toThrow('expected an event of an inventory');
    expect(() => folded(recorded('inventory#mug', 1, 'StockPainted'))).toThrow('expected an event of an inventory');
  });
});
