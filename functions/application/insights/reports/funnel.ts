import { orderStatuses } from '../../read-models/rows';
import { series } from '../series';
import type { ReportSource } from './source';

export type Funnel = {
  readonly items: readonly {
    readonly status: string;
    /** Orders that have ever come into the status. */
    readonly reached: number;
    /** Orders that are in it: came into it and have not gone on. */
    readonly current: number;
    /** `reached` as a part of all orders created; 0 … 1. Left out: none was created. */
    readonly share?: number;
  }[];
};

export async function funnelReport({ counters, generation }: ReportSource): Promise<Funnel> {
  const [row] = await counters.read(generation, { series: series.funnel });
  const numbers = row?.values ?? {};
  const created = numbers['reached.created'] ?? 0;
  return {
    items: orderStatuses.map((status) => {
      const reached = numbers[`reached.${status}`] ?? 0;
      const current = reached - (numbers[`left.${status}`] ?? 0);
      return { status, reached, current, ...(created > 0 && { share: reached / created }) };
    }),
  };
}
