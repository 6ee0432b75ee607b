import { summed } from '../counter-sums';
import { series } from '../series';
import { keysOf, numbersUnder, partsOf, type ReportSource, type TimeRange } from './source';

export type Cancellations = {
  readonly total: number;
  /** How many different reasons there were; the most frequent are in `items`. */
  readonly reasons: number;
  readonly items: readonly {
    /** In small letters, with single spaces, cut to 80 characters. */
    readonly reason: string;
    readonly orders: number;
    /** In which status they were cancelled. */
    readonly from: Readonly<Record<string, number>>;
  }[];
};

export async function cancellationsReport(
  { counters, generation }: ReportSource,
  { limit, ...range }: TimeRange & { readonly limit: number },
): Promise<Cancellations> {
  const days = await counters.read(generation, keysOf(series.cancellations, 'day', range));
  const reasons = summed(days.map(({ key, values }) => ({ key: partsOf(key).rest, values })))
    .map(({ key, values }) => ({ reason: key, orders: values.orders ?? 0, from: numbersUnder('from.', values) }))
    .sort((one, other) => other.orders - one.orders);
  return {
    total: reasons.reduce((sum, { orders }) => sum + orders, 0),
    reasons: reasons.length,
    items: reasons.slice(0, limit),
  };
}
