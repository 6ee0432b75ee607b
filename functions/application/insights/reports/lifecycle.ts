import { type Chain, markovChain } from '../markov';
import { series, terminalStatuses } from '../series';
import { readTransitions } from '../transitions';
import { keysOf, partsOf, type ReportSource, type TimeRange } from './source';

/** The lifecycle of orders by the steps that happened on the days of the range. */
export async function lifecycleReport({ counters, generation }: ReportSource, range: TimeRange): Promise<Chain> {
  const days = await counters.read(generation, keysOf(series.lifecycle, 'day', range));
  return markovChain(
    readTransitions(days.map(({ key, values }) => ({ key: partsOf(key).rest, values }))),
    terminalStatuses,
  );
}
