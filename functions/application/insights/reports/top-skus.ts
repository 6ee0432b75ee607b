import { series } from '../series';
import { windowOf } from '../windows';
import { numbersUnder, partsOf, type ReportSource } from './source';

export type TopSkus = {
  readonly day: string;
  /** What was paid most pieces of on that day, by the day of payment. */
  readonly items: readonly {
    readonly sku: string;
    readonly quantity: number;
    /** Pieces times unit price, by currency; minor units, without shipping. */
    readonly revenue: Readonly<Record<string, number>>;
  }[];
};

export async function topSkusReport(
  { counters, generation }: ReportSource,
  { at, limit }: { readonly at: number; readonly limit: number },
): Promise<TopSkus> {
  const day = windowOf('day', at);
  const rows = await counters.top(generation, series.topSkus, day, limit);
  return {
    day,
    items: rows.map(({ key, values }) => ({
      sku: partsOf(key).rest,
      quantity: values.quantity ?? 0,
      revenue: numbersUnder('revenue.', values),
    })),
  };
}
