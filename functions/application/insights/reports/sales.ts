import { summed } from '../counter-sums';
import { series } from '../series';
import { startOf, type Window } from '../windows';
import { keysOf, partsOf, type ReportSource, type TimeRange } from './source';

/** Orders are counted, money is in minor units of the currency. */
export type SalesFigures = {
  readonly currency: string;
  /** Orders created, and the sum of their totals. */
  readonly orders: number;
  readonly value: number;
  /** Orders paid, and the sum of what was paid. */
  readonly paid: number;
  readonly revenue: number;
  /** Orders cancelled, and the sum of their totals. */
  readonly cancelled: number;
  readonly cancelledValue: number;
  /** Those of them that had been paid, and what has to be paid back. */
  readonly refunds: number;
  readonly refunded: number;
  /** `revenue - refunded`. */
  readonly net: number;
};

export type Sales = {
  readonly window: Window;
  /** Windows in which something happened, in their order, then by currency. */
  readonly items: readonly ({ readonly start: string } & SalesFigures)[];
  readonly totals: readonly SalesFigures[];
};

/** Each figure counts the steps that happened in the window itself: the refund of yesterday's order is today's. */
export async function salesReport(
  { counters, generation }: ReportSource,
  { window, currency, ...range }: TimeRange & { readonly window: Window; readonly currency?: string },
): Promise<Sales> {
  const rows = (await counters.read(generation, keysOf(series.sales(window), window, range)))
    .map(({ key, values }) => ({ ...partsOf(key), values }))
    .filter(({ rest }) => currency === undefined || rest === currency);
  return {
    window,
    items: rows.map((row) => ({ start: startOf(row.window), ...figures(row.rest, row.values) })),
    totals: summed(rows.map(({ rest, values }) => ({ key: rest, values }))).map(({ key, values }) =>
      figures(key, values),
    ),
  };
}

function figures(currency: string, values: Readonly<Record<string, number>>): SalesFigures {
  const { orders = 0, value = 0, paid = 0, revenue = 0 } = values;
  const { cancelled = 0, cancelledValue = 0, refunds = 0, refunded = 0 } = values;
  const net = revenue - refunded;
  return { currency, orders, value, paid, revenue, cancelled, cancelledValue, refunds, refunded, net };
}
