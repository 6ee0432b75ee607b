/** One entry for `PutEvents`, without the bus. */
export type SyntheticEvent = {
  readonly orderId: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

const PRODUCTS: readonly (readonly [sku: string, unitPrice: number])[] = [
  ['mug', 1_250],
  ['teapot', 4_900],
  ['grinder', 8_995],
  ['filter-paper', 450],
  ['beans-250', 1_190],
  ['beans-1000', 3_790],
  ['scale', 5_900],
  ['kettle', 7_450],
];
const CARRIERS = ['dhl', 'ups', 'dpd', 'post'];

/** A repeatable source of numbers 0 ≤ n < 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The events of one believable order, in order: most are delivered, some stop on the way or are cancelled.
 * `share` < 1 makes orders stop; 1 takes every order to `delivered`.
 */
export function syntheticOrder(orderId: string, random: () => number, share = 0.94): SyntheticEvent[] {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const lines = new Map<string, { sku: string; quantity: number; unitPrice: number }>();
  for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
    const [sku, unitPrice] = pick(PRODUCTS);
    lines.set(sku, { sku, quantity: 1 + Math.floor(random() * 3), unitPrice });
  }
  const items = [...lines.values()];
  const shippingFee = random() < 0.4 ? 0 : 490;
  const total = items.reduce((sum, line) => sum + line.quantity * line.unitPrice, shippingFee);
  const event = (source: string, detailType: string, detail: object): SyntheticEvent => ({
    orderId,
    source,
    detailType,
    detail: { orderId, ...detail },
  });
  const userId = `user-${Math.floor(random() * 40)}`;
  const steps = [
    event('shop', 'OrderCreated', { userId, currency: 'EUR', items, shippingFee, total }),
    event('shop', 'OrderConfirmed', {}),
    event('payments', 'OrderPaid', { paymentId: `pay-${orderId}`, amount: total }),
    event('warehouse', 'OrderShipped', { carrier: pick(CARRIERS), trackingNumber: `T${Math.floor(random() * 1e9)}` }),
    event('warehouse', 'OrderDelivered', {}),
  ];
  let reached = 1;
  while (reached < steps.length && random() < share) reached++;
  const story = steps.slice(0, reached);
  if (reached < 4 && random() < 0.6) {
    story.push(
      event('shop', 'OrderCancelled', { reason: pick(['changed my mind', 'found it cheaper', 'ordered twice']) }),
    );
  }
  return story;
}

/**
 * Many orders at once, as a shop sees them: each order's events spread over the stream, now and then one overtakes
 * its predecessor.
 */
export function interleave(orders: readonly (readonly SyntheticEvent[])[], random: () => number): SyntheticEvent[] {
  const timed = orders.flatMap((order, index) => {
    let at = index + random();
    return order.map((event) => {
      const due = at;
      at += 2 + random() * 6;
      // A late message: it happened in order and was sent out of order.
      return { event, at: random() < 0.02 ? due + 8 : due };
    });
  });
  return timed.sort((a, b) => a.at - b.at).map(({ event }) => event);
}
