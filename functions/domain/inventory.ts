import { append, type Decision, reject } from './decision';

type Stock = { readonly sku: string; readonly quantity: number };

export type StockAdded = { readonly type: 'StockAdded'; readonly data: Stock };

/** What an order does to the stock of one SKU; recorded together with the step of the order that does it. */
type ForOrder = Stock & { readonly orderId: string };
export type StockReserved = { readonly type: 'StockReserved'; readonly data: ForOrder };
export type ReservationReleased = { readonly type: 'ReservationReleased'; readonly data: ForOrder };
/** The pieces have left the shelf. */
export type ReservationCommitted = { readonly type: 'ReservationCommitted'; readonly data: ForOrder };

export type ReservationEvent = StockReserved | ReservationReleased | ReservationCommitted;
export type InventoryEvent = StockAdded | ReservationEvent;

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
  const { onHand, reserved } = inventory;
  switch (event.type) {
    case 'StockAdded':
      return { ...inventory, tracked: true, onHand: onHand + event.data.quantity };
    case 'StockReserved':
      return { ...inventory, reserved: reserved + event.data.quantity };
    case 'ReservationReleased':
      return { ...inventory, reserved: reserved - event.data.quantity };
    case 'ReservationCommitted':
      return { ...inventory, onHand: onHand - event.data.quantity, reserved: reserved - event.data.quantity };
    default:
      return inventory;
  }
}

export function decideInventory(inventory: InventoryState, event: InventoryEvent): Decision<InventoryEvent> {
  if (event.type !== 'StockAdded') return notAlone(event);
  const onHand = inventory.onHand + event.data.quantity;
  if (!Number.isSafeInteger(onHand))
    return reject('that is more stock than can be counted', {
      field: 'quantity',
      value: event.data.quantity,
      expected: `at most ${Number.MAX_SAFE_INTEGER - inventory.onHand}`,
    });
  return append(event);
}

const STEP = {
  StockReserved: 'OrderConfirmed',
  ReservationReleased: 'OrderCancelled',
  ReservationCommitted: 'OrderShipped',
} as const;

/** A reservation without its order's step would be stock that nobody holds, or that two hold. */
function notAlone({ type }: ReservationEvent): Decision<never> {
  return reject(`${type} is recorded with the order's own step`, {
    field: 'type',
    value: type,
    expected: `${STEP[type]} of the order that it is for`,
  });
}
