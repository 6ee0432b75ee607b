/** One event as a producer puts it on the bus. */
export type Step = {
  readonly source: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

export type Lifecycle = {
  readonly name: string;
  /** Of the two lines of each order. */
  readonly skus: readonly [string, string];
  readonly ends: 'delivered' | 'cancelled';
};

/** Stocked before anything is counted, with enough for every run. */
export const TRACKED_SKUS = ['teapot', 'grinder'] as const;
/** Never stocked: nothing is reserved. */
const UNTRACKED_SKUS = ['gift-card', 'engraving'] as const;

export const LIFECYCLES: readonly Lifecycle[] = [
  { name: 'delivered', skus: UNTRACKED_SKUS, ends: 'delivered' },
  { name: 'delivered, tracked', skus: TRACKED_SKUS, ends: 'delivered' },
  { name: 'cancelled', skus: UNTRACKED_SKUS, ends: 'cancelled' },
  { name: 'cancelled, tracked', skus: TRACKED_SKUS, ends: 'cancelled' },
];

/** All steps of one order of two lines. */
export function stepsOf({ skus, ends }: Lifecycle, orderId: string): Step[] {
  const items = skus.map((sku, n) => ({ sku, quantity: n + 1, unitPrice: 4_900 }));
  const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 490);
  const step = (source: string, type: string, detail: object): Step => ({
    source,
    type,
    detail: { orderId, ...detail },
  });
  const begun = [
    step('shop', 'OrderCreated', { userId: 'user-4711', currency: 'EUR', items, shippingFee: 490, total }),
    step('shop', 'OrderConfirmed', {}),
  ];
  if (ends === 'cancelled') return [...begun, step('shop', 'OrderCancelled', { reason: 'found it cheaper' })];
  return [
    ...begun,
    step('payments', 'OrderPaid', { paymentId: `pay-${orderId}`, amount: total }),
    step('warehouse', 'OrderShipped', { carrier: 'dhl', trackingNumber: 'T123456789' }),
    step('warehouse', 'OrderDelivered', {}),
  ];
}

export const stock = (sku: string, quantity: number): Step => ({
  source: 'warehouse',
  type: 'StockAdded',
  detail: { sku, quantity },
});
