import type { OrderFact } from '../../application/insights/order-fact';
import type { Increment } from '../../application/insights/ports';
import { insightsProjection, series } from '../../application/insights/series';
import { aggregate, enrich, filter, inTurn, type Step, sideBySide, split } from '../../application/insights/steps';
import { type Passage, transitionKey, transitionNumbers } from '../../application/insights/transitions';
import { windowNames } from '../../application/insights/windows';

/** What each status of an order adds to the sales of its window. */
const sold: Readonly<Record<string, (fact: OrderFact) => Readonly<Record<string, number>>>> = {
  created: ({ total }) => ({ orders: 1, value: total }),
  paid: ({ total }) => ({ paid: 1, revenue: total }),
  cancelled: ({ total, from }) => ({
    cancelled: 1,
    cancelledValue: total,
    ...(from === 'paid' && { refunds: 1, refunded: total }),
  }),
};

const sales = sideBySide(
  ...windowNames.map((window) =>
    inTurn(
      filter<OrderFact>(({ to }) => Object.hasOwn(sold, to)),
      aggregate({
        series: series.sales(window),
        window,
        by: ({ currency }) => currency,
        add: (fact) => sold[fact.to]?.(fact) ?? {},
      }),
    ),
  ),
);

const funnel = aggregate<OrderFact>({
  series: series.funnel,
  add: ({ from, to }) => ({ [`reached.${to}`]: 1, ...(from !== 'none' && { [`left.${from}`]: 1 }) }),
});

const topSkus = inTurn(
  filter<OrderFact>(({ to }) => to === 'paid'),
  split(({ at, currency, lines }) => lines.map((line) => ({ at, currency, ...line }))),
  aggregate({
    series: series.topSkus,
    window: 'day',
    by: ({ sku }) => sku,
    add: ({ quantity, unitPrice, currency }) => ({ quantity, [`revenue.${currency}`]: quantity * unitPrice }),
    ranked: true,
  }),
);

/** People write reasons; longer ones than this are told apart by their beginning. */
const REASON_LENGTH = 80;

const cancellations = inTurn(
  filter<OrderFact>(({ to }) => to === 'cancelled'),
  enrich(({ reason = '' }) => ({ because: plain(reason) })),
  aggregate({
    series: series.cancellations,
    window: 'day',
    by: ({ because }) => because,
    add: ({ from }) => ({ orders: 1, [`from.${from}`]: 1 }),
  }),
);

/** One reason, however it is spelt: in small letters, with single spaces, and not too long. */
function plain(reason: string): string {
  const letters = [...reason.trim().toLowerCase().replace(/\s+/g, ' ')];
  return letters.slice(0, REASON_LENGTH).join('').trim() || 'none given';
}

const lifecycle = aggregate<Passage>({
  series: series.lifecycle,
  window: 'day',
  by: transitionKey,
  add: transitionNumbers,
});

/** What facts come to: one revision of the insights. */
export type InsightsFold = {
  readonly revision: number;
  /** What a fact counts by itself. */
  readonly ofFacts: Step<OrderFact, Increment>;
  /** What a passage from one step of an order to the next counts. */
  readonly ofPassages: Step<Passage, Increment>;
};

const newest: InsightsFold = {
  revision: insightsProjection.revision,
  ofFacts: sideBySide(sales, funnel, topSkus, cancellations),
  ofPassages: lifecycle,
};

/** Every revision that a generation may be counted by; the older one leaves when no generation is made by it any more. */
export const insightsFolds: readonly InsightsFold[] = [newest];

/** The fold of a revision; throws when this release does not have it: another would make a mixture. */
export function foldOf(revision: number, folds: readonly InsightsFold[] = insightsFolds): InsightsFold {
  const found = folds.find((fold) => fold.revision === revision);
  if (found) return found;
  throw new Error(`insights: this release does not have revision ${revision} of the fold`);
}
