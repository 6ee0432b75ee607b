import { available, type InventoryState, type ReservationEvent } from './inventory';
import type { OrderEvent, OrderState, Reservation } from './order';

/** An order asks for more than there is. */
export type Shortage = { readonly sku: string; readonly asked: number; readonly available: number };

/** What a step of an order does to stock: nothing, to what it has reserved, or a reservation that has to be possible. */
export type StockEffect =
  | { readonly kind: 'none' }
  | { readonly kind: 'reserve'; readonly wanted: readonly Reservation[] }
  | {
      readonly kind: 'settle';
      readonly type: 'ReservationReleased' | 'ReservationCommitted';
      readonly reserved: readonly Reservation[];
    };

const NONE: StockEffect = { kind: 'none' };

/** `event` is one that the order accepts. */
export function stockEffect(order: OrderState, event: OrderEvent): StockEffect {
  if (order.status === 'none') return NONE;
  switch (event.type) {
    case 'OrderConfirmed':
      return { kind: 'reserve', wanted: perSku(order.items) };
    case 'OrderCancelled':
      return settle('ReservationReleased', order.reservations);
    case 'OrderShipped':
      return settle('ReservationCommitted', order.reservations);
    default:
      return NONE;
  }
}

const settle = (
  type: 'ReservationReleased' | 'ReservationCommitted',
  reserved: readonly Reservation[] = [],
): StockEffect => (reserved.length > 0 ? { kind: 'settle', type, reserved } : NONE);

/** An untracked SKU is always available, and nothing is held of it. */
export function shortages(
  wanted: readonly Reservation[],
  stockOf: (sku: string) => InventoryState,
): readonly Shortage[] {
  return wanted.flatMap(({ sku, quantity }) => {
    const stock = stockOf(sku);
    return stock.tracked && available(stock) < quantity ? [{ sku, asked: quantity, available: available(stock) }] : [];
  });
}

/** Of these SKUs a reservation holds something. */
export const tracked = (
  wanted: readonly Reservation[],
  stockOf: (sku: string) => InventoryState,
): readonly Reservation[] => wanted.filter(({ sku }) => stockOf(sku).tracked);

export function reservationEvent(
  type: ReservationEvent['type'],
  orderId: string,
  { sku, quantity }: Reservation,
): ReservationEvent {
  return { type, data: { sku, orderId, quantity } };
}

/** Several lines of one SKU are one reservation. */
function perSku(lines: readonly { readonly sku: string; readonly quantity: number }[]): readonly Reservation[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
}
