import type { Projection } from '../application/read-models/projection';
import type { OrderSummary } from '../application/read-models/rows';
import type { RecordedEvent } from '../application/recorded-event';
import { understood } from '../application/upcasted';
import { type OrderLine, type OrderStatus, orderTotal } from '../domain/order';
import { isWhole, optionalTextOf, textOf, UnreadableEvent, wholeOf } from './event-fields';
import { latest, present } from './row-fields';

/**
 * One row per order. It trusts the writer for the lifecycle (what stands in the stream has been decided) and checks
 * only what it reads.
 */
export const orderSummary: Projection<OrderSummary> = {
  name: 'order-summary',
  revision: 1,
  prefix: 'order#',
  fold(order, recorded) {
    const event = understood(recorded);
    switch (event.type) {
      case 'OrderCreated':
        if (order !== undefined) throw new UnreadableEvent(event, 'version', event.version, 'the first event');
        return created(event);
      case 'OrderConfirmed':
        return moved(order, event, 'confirmed', { confirmedAt: event.time });
      case 'OrderPaid':
        return moved(order, event, 'paid', { paidAt: event.time, paymentId: textOf(event, 'paymentId') });
      case 'OrderShipped':
        return moved(order, event, 'shipped', {
          shippedAt: event.time,
          ...present({
            carrier: optionalTextOf(event, 'carrier'),
            trackingNumber: optionalTextOf(event, 'trackingNumber'),
          }),
        });
      case 'OrderDelivered':
        return moved(order, event, 'delivered', { deliveredAt: event.time });
      case 'OrderCancelled':
        return moved(order, event, 'cancelled', {
          cancelledAt: event.time,
          ...present({ cancelReason: optionalTextOf(event, 'reason') }),
        });
      default:
        throw new UnreadableEvent(event, 'type', event.type, 'an event of an order');
    }
  },
};

function created(event: RecordedEvent): OrderSummary {
  const items = linesOf(event);
  const shippingFee = event.data.shippingFee === undefined ? 0 : wholeOf(event, 'shippingFee');
  return {
    stream: event.stream,
    version: event.version,
    orderId: textOf(event, 'orderId'),
    userId: textOf(event, 'userId'),
    status: 'created',
    currency: textOf(event, 'currency'),
    total: orderTotal(items, shippingFee),
    items,
    shippingFee,
    createdAt: event.time,
    updatedAt: event.time,
  };
}

function moved(
  order: OrderSummary | undefined,
  event: RecordedEvent,
  status: OrderStatus,
  change: Partial<OrderSummary>,
): OrderSummary {
  if (order === undefined) throw new UnreadableEvent(event, 'version', event.version, 'OrderCreated before it');
  return { ...order, ...change, status, version: event.version, updatedAt: latest(order.updatedAt, event.time) };
}

function linesOf(event: RecordedEvent): readonly OrderLine[] {
  const lines = event.data.items;
  if (!Array.isArray(lines)) throw new UnreadableEvent(event, 'data.items', lines, 'a list of lines');
  return lines.map((line: Partial<OrderLine> | null, index) => {
    const { sku, quantity, unitPrice } = line ?? {};
    if (typeof sku !== 'string' || !isWhole(quantity) || !isWhole(unitPrice)) {
      throw new UnreadableEvent(event, `data.items[${index}]`, line, '{sku, quantity, unitPrice}');
    }
    return { sku, quantity, unitPrice };
  });
}
