import { append, type Decision, type Problem, park, redundant, reject } from './decision';
import { type MinorUnits, showMoney } from './money';

// What can happen to an order.

export type OrderLine = { readonly sku: string; readonly quantity: number; readonly unitPrice: MinorUnits };

export type OrderCreated = {
  readonly type: 'OrderCreated';
  readonly data: {
    readonly orderId: string;
    readonly userId: string;
    readonly currency: string;
    readonly items: readonly OrderLine[];
    readonly shippingFee?: MinorUnits;
    /** Lines plus shipping fee; checked when given. */
    readonly total?: MinorUnits;
  };
};
/** So many pieces of a SKU are held for an order. */
export type Reservation = { readonly sku: string; readonly quantity: number };

export type OrderConfirmed = {
  readonly type: 'OrderConfirmed';
  readonly data: {
    readonly orderId: string;
    /** What was reserved with it: of the SKUs that are tracked. Recorded, not asked for. */
    readonly reservations?: readonly Reservation[];
  };
};
export type OrderPaid = {
  readonly type: 'OrderPaid';
  readonly data: { readonly orderId: string; readonly paymentId: string; readonly amount: MinorUnits };
};
export type OrderShipped = {
  readonly type: 'OrderShipped';
  readonly data: { readonly orderId: string; readonly carrier?: string; readonly trackingNumber?: string };
};
export type OrderDelivered = { readonly type: 'OrderDelivered'; readonly data: { readonly orderId: string } };
export type OrderCancelled = {
  readonly type: 'OrderCancelled';
  readonly data: { readonly orderId: string; readonly reason: string };
};

export type OrderEvent = OrderCreated | OrderConfirmed | OrderPaid | OrderShipped | OrderDelivered | OrderCancelled;

// What an order is.

type Placed = {
  readonly orderId: string;
  readonly userId: string;
  readonly currency: string;
  readonly items: readonly OrderLine[];
  readonly shippingFee: MinorUnits;
  readonly total: MinorUnits;
};
/** What is held for the order from its confirmation until it is shipped or cancelled. */
type Held = { readonly reservations?: readonly Reservation[] };
type Payment = { readonly paymentId: string; readonly amount: MinorUnits };
type Shipment = { readonly carrier?: string; readonly trackingNumber?: string };

export type NoOrder = { readonly status: 'none' };
export type CreatedOrder = Placed & Held & { readonly status: 'created' };
export type ConfirmedOrder = Placed & Held & { readonly status: 'confirmed' };
export type PaidOrder = Placed & Held & { readonly status: 'paid'; readonly payment: Payment };
export type ShippedOrder = Placed &
  Held & {
    readonly status: 'shipped' | 'delivered';
    readonly payment: Payment;
    readonly shipment: Shipment;
  };
export type CancelledOrder = Placed &
  Held & {
    readonly status: 'cancelled';
    readonly reason: string;
    readonly cancelledFrom: 'created' | 'confirmed' | 'paid';
    /** What has to be paid back. */
    readonly payment?: Payment;
  };
export type ExistingOrder = CreatedOrder | ConfirmedOrder | PaidOrder | ShippedOrder | CancelledOrder;
export type OrderState = NoOrder | ExistingOrder;
export type OrderStatus = ExistingOrder['status'];

export const noOrder: OrderState = { status: 'none' };

export function orderTotal(items: readonly OrderLine[], shippingFee: MinorUnits = 0): MinorUnits {
  return items.reduce((sum, line) => sum + line.quantity * line.unitPrice, shippingFee);
}

/** Total: an event that does not fit the state leaves it as it is. */
export function evolveOrder(order: OrderState, event: OrderEvent): OrderState {
  switch (event.type) {
    case 'OrderCreated': {
      if (order.status !== 'none') return order;
      const { orderId, userId, currency, items, shippingFee = 0 } = event.data;
      return {
        status: 'created',
        orderId,
        userId,
        currency,
        items,
        shippingFee,
        total: orderTotal(items, shippingFee),
      };
    }
    case 'OrderConfirmed': {
      const { reservations = [] } = event.data;
      const held = reservations.length > 0 && { reservations };
      return order.status === 'created' ? { ...order, status: 'confirmed', ...held } : order;
    }
    case 'OrderPaid': {
      const { paymentId, amount } = event.data;
      return order.status === 'confirmed' ? { ...order, status: 'paid', payment: { paymentId, amount } } : order;
    }
    case 'OrderShipped': {
      const { carrier, trackingNumber } = event.data;
      const shipment = {
        ...(carrier !== undefined && { carrier }),
        ...(trackingNumber !== undefined && { trackingNumber }),
      };
      return order.status === 'paid' ? { ...order, status: 'shipped', shipment } : order;
    }
    case 'OrderDelivered':
      return order.status === 'shipped' ? { ...order, status: 'delivered' } : order;
    case 'OrderCancelled':
      return isCancellable(order)
        ? { ...order, status: 'cancelled', cancelledFrom: order.status, reason: event.data.reason }
        : order;
  }
}

// What may happen to it. The lifecycle is strict, so a step stands at one version, and waits for the one before it.

/** The version at which a step of an order that was not cancelled stands. */
const PLACE = { created: 1, confirmed: 2, paid: 3, shipped: 4, delivered: 5 } as const;

export function decideOrder(order: OrderState, event: OrderEvent): Decision<OrderEvent> {
  switch (event.type) {
    case 'OrderCreated':
      return create(order, event);
    case 'OrderConfirmed':
      return confirm(order, event);
    case 'OrderPaid':
      return pay(order, event);
    case 'OrderShipped':
      return ship(order, event);
    case 'OrderDelivered':
      return deliver(order, event);
    case 'OrderCancelled':
      return cancel(order, event);
  }
}

function create(order: OrderState, event: OrderCreated): Decision<OrderEvent> {
  const { items, shippingFee = 0, total, userId, currency } = event.data;
  const due = orderTotal(items, shippingFee);
  if (!Number.isSafeInteger(due))
    return reject('the total is too large to be counted', {
      field: 'items',
      expected: `a total of at most ${Number.MAX_SAFE_INTEGER} minor units`,
    });
  if (total !== undefined && total !== due)
    return reject(`the total is ${total}, but lines and shipping fee come to ${due}`, {
      field: 'total',
      value: total,
      expected: `${due} (lines ${due - shippingFee} + shipping fee ${shippingFee})`,
    });
  if (order.status === 'none') return append(event);
  return repeated('created', [
    differs('userId', userId, order.userId),
    differs('currency', currency, order.currency),
    differs('items', items, order.items, sameLines(items, order.items)),
    differs('shippingFee', shippingFee, order.shippingFee),
  ]);
}

function confirm(order: OrderState, event: OrderConfirmed): Decision<OrderEvent> {
  if (hasPassed(order, 'confirmed')) return redundant('the order has already been confirmed');
  return next(order, 'confirmed', event);
}

function pay(order: OrderState, event: OrderPaid): Decision<OrderEvent> {
  const { paymentId, amount } = event.data;
  if ('payment' in order && order.payment)
    return repeated('paid', [
      differs('paymentId', paymentId, order.payment.paymentId),
      differs('amount', amount, order.payment.amount),
    ]);
  if (order.status !== 'none' && amount !== order.total)
    return reject(
      `${showMoney(amount, order.currency)} were paid, but the total is ${showMoney(order.total, order.currency)}`,
      { field: 'amount', value: amount, expected: `${order.total}, the total of the order` },
    );
  return next(order, 'paid', event);
}

function ship(order: OrderState, event: OrderShipped): Decision<OrderEvent> {
  if ('shipment' in order)
    return repeated('shipped', [
      differs('carrier', event.data.carrier, order.shipment.carrier),
      differs('trackingNumber', event.data.trackingNumber, order.shipment.trackingNumber),
    ]);
  return next(order, 'shipped', event);
}

function deliver(order: OrderState, event: OrderDelivered): Decision<OrderEvent> {
  if (order.status === 'delivered') return redundant('the order has already been delivered');
  return next(order, 'delivered', event);
}

function cancel(order: OrderState, event: OrderCancelled): Decision<OrderEvent> {
  if (order.status === 'none') return park(PLACE.created, 'the order has not been created yet');
  if (order.status === 'cancelled') return repeated('cancelled', [differs('reason', event.data.reason, order.reason)]);
  if (!isCancellable(order))
    return reject(`the order is ${order.status}; it can no longer be cancelled`, {
      field: 'type',
      value: event.type,
      expected: 'a cancellation before the order is shipped',
    });
  return append(event);
}

type Step = keyof typeof PLACE;
const BEFORE = { confirmed: 'created', paid: 'confirmed', shipped: 'paid', delivered: 'shipped' } as const;

/** Append the step if the one before it was the last; wait for that one if it can still come. */
function next(order: OrderState, step: keyof typeof BEFORE, event: OrderEvent): Decision<OrderEvent> {
  const before = BEFORE[step];
  if (order.status === before) return append(event);
  if (order.status === 'cancelled')
    return reject(`the order was cancelled when it was ${order.cancelledFrom}; it cannot be ${step} any more`, {
      field: 'type',
      value: event.type,
      expected: 'no further step after OrderCancelled',
    });
  return park(
    PLACE[before],
    order.status === 'none'
      ? `the order has not been created yet; to be ${step} it must be ${before}`
      : `the order is ${order.status}; to be ${step} it must be ${before}`,
  );
}

/** The step has been taken, whatever came after. */
function hasPassed(order: OrderState, step: Step): boolean {
  if (order.status === 'none') return false;
  const reached = order.status === 'cancelled' ? order.cancelledFrom : order.status;
  return PLACE[reached] >= PLACE[step];
}

function isCancellable(order: OrderState): order is CreatedOrder | ConfirmedOrder | PaidOrder {
  return order.status === 'created' || order.status === 'confirmed' || order.status === 'paid';
}

/** A step that has already been taken: redundant when it says the same, else never valid. */
function repeated(step: string, differences: readonly (Problem | undefined)[]): Decision<never> {
  const problems = differences.filter((problem) => problem !== undefined);
  if (problems.length === 0) return redundant(`the order has already been ${step}, with the same data`);
  return reject(`the order has already been ${step}, with other data`, ...problems);
}

function differs(field: string, value: unknown, recorded: unknown, same = value === recorded): Problem | undefined {
  if (same) return undefined;
  const expected = recorded === undefined ? 'nothing, as recorded' : `${JSON.stringify(recorded)}, as recorded`;
  return { field, ...(value !== undefined && { value }), expected };
}

function sameLines(left: readonly OrderLine[], right: readonly OrderLine[]): boolean {
  return (
    left.length === right.length &&
    left.every((line, i) => {
      const other = right[i];
      return other?.sku === line.sku && other.quantity === line.quantity && other.unitPrice === line.unitPrice;
    })
  );
}
