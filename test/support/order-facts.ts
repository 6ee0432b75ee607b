import fc from 'fast-check';
import type { OrderFact } from '../../functions/application/insights/order-fact';

const steps = ['created', 'confirmed', 'paid', 'shipped', 'delivered'] as const;
const types = ['OrderCreated', 'OrderConfirmed', 'OrderPaid', 'OrderShipped', 'OrderDelivered'] as const;

export type Life = {
  readonly orderId: string;
  /** Steps taken, 1 … 5. */
  readonly length: number;
  /** Instead of the last step, if it can be. */
  readonly cancelledFor?: string;
  readonly currency: string;
  readonly lines: OrderFact['lines'];
  /** When it began; milliseconds since 1970. */
  readonly begin: number;
  /** Milliseconds to each next step. */
  readonly pauses: readonly number[];
};

/** The facts of an order's life, in their order. */
export function factsOf(life: Life): readonly OrderFact[] {
  const { orderId, length, cancelledFor, currency, lines, begin, pauses } = life;
  const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  let at = begin;
  return Array.from({ length }, (_, index): OrderFact => {
    if (index > 0) at += pauses[index - 1] ?? 0;
    const cancels = cancelledFor !== undefined && index === length - 1 && index >= 1 && index <= 3;
    const hasLines = index === 0 || index === 2 || index === 3 || cancels;
    return {
      stream: `order#${orderId}`,
      version: index + 1,
      type: cancels ? 'OrderCancelled' : types[index]!,
      at,
      recordedAt: at,
      from: index === 0 ? 'none' : steps[index - 1]!,
      to: cancels ? 'cancelled' : steps[index]!,
      currency,
      total,
      lines: hasLines ? lines : [],
      ...(cancels && { reason: cancelledFor }),
    };
  });
}

const line = fc.record({
  sku: fc.constantFrom('mug', 'pot', 'cup'),
  quantity: fc.integer({ min: 1, max: 9 }),
  unitPrice: fc.integer({ min: 0, max: 5000 }),
});

/** Lives within three days, under ids of their own. */
export const lives = (day: number, constraints: { readonly maxLength: number }): fc.Arbitrary<readonly Life[]> =>
  fc
    .array(
      fc.record(
        {
          length: fc.integer({ min: 1, max: 5 }),
          cancelledFor: fc.constantFrom('changed my mind', ' Changed  my mind', 'too late #1'),
          currency: fc.constantFrom('EUR', 'USD'),
          lines: fc.array(line, { minLength: 1, maxLength: 3 }),
          begin: fc.integer({ min: day, max: day + 86_400_000 }),
          pauses: fc.array(fc.integer({ min: -1000, max: 20_000_000 }), { minLength: 4, maxLength: 4 }),
        },
        { requiredKeys: ['length', 'currency', 'lines', 'begin', 'pauses'] },
      ),
      { minLength: 1, ...constraints },
    )
    .map((all) => all.map((life, index) => ({ ...life, orderId: `o-${index}` })));
