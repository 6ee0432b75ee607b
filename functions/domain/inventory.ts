import { append, type Decision, reject } from './decision';

export type StockAdded = {
  readonly type: 'StockAdded';
  readonly data: { readonly sku: string; readonly quantity: number };
};

export type InventoryEvent = StockAdded;

/** Units of one SKU; `onHand - reserved` are available, and never fewer than none. */
export type InventoryState = {
  /** False until somebody stocks the SKU: an untracked SKU is always available. */
  readonly tracked: boolean;
  readonly onHand: number;
  readonly reserved: number;
};

export const noInventory: InventoryState = { tracked: false, onHand: 0, reserved: 0 };

export const available = (inventory: InventoryState): number => inventory.onHand - inventory.reserved;

/** Total: never throws. */
export function evolveInventory(inventory: InventoryState, event: InventoryEvent): InventoryState {
  switch (event.type) {
    case 'StockAdded':
      return { ...inventory, tracked: true, onHand: inventory.onHand + event.data.quantity };
    default:
      return inventory;
  }
}

export function decideInventory(inventory: InventoryState, event: InventoryEvent): Decision<InventoryEvent> {
  const onHand = inventory.onHand + event.data.quantity;
  if (!Number.isSafeInteger(onHand))
    return reject('that is more stock than can be counted', {
      field: 'quantity',
      value: event.data.quantity,
      expected: `at most ${Number.MAX_SAFE_INTEGER - inventory.onHand}`,
    });
  return append(event);
}
