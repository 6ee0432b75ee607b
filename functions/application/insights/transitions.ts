import { bucketOf, type Histogram, mergedHistograms } from './histogram';

/** A subject of any state machine came into a state at a moment (milliseconds since 1970). */
export type Visit = { readonly state: string; readonly at: number };

/** From one visit to the next of the same subject. Without `from`: where it began. */
export type Passage = Visit & {
  readonly from?: {
    readonly state: string /** How long it was there; never negative, whatever the clocks said. */;
    readonly dwellMs: number;
  };
};

/** What a subject's visits, in their order, come to: the beginning, then one passage for each further visit. */
export function transitions(visits: readonly Visit[]): readonly Passage[] {
  return visits.map((visit, index) => passage(visits[index - 1], visit));
}

export function passage(before: Visit | undefined, visit: Visit): Passage {
  const { state, at } = visit;
  if (before === undefined) return { state, at };
  return { state, at, from: { state: before.state, dwellMs: Math.max(0, at - before.at) } };
}

/** How often subjects went from one state to another, and how long they had been there. Without `from`: how often they began there. */
export type Transition = {
  readonly from: string | undefined;
  readonly to: string;
  readonly count: number;
  /** Sum over all of them. */
  readonly dwellMs: number;
  readonly dwell: Histogram;
};

/** The same as numbers of a counter, by `transitionKey`. */
export function transitionNumbers({ from }: Passage): Readonly<Record<string, number>> {
  if (from === undefined) return { count: 1 };
  return { count: 1, dwellMs: from.dwellMs, [`b${bucketOf(from.dwellMs)}`]: 1 };
}

/** `<from>><to>`, both percent-encoded: any state has a name. */
export function transitionKey({ from, state }: Passage): string {
  return `${encodeURIComponent(from?.state ?? '')}>${encodeURIComponent(state)}`;
}

/** Reads what `transitionNumbers` has counted, summed over whatever rows there are of a transition. */
export function readTransitions(
  counters: readonly { readonly key: string; readonly values: Readonly<Record<string, number>> }[],
): readonly Transition[] {
  const found = new Map<string, Transition>();
  for (const { key, values } of counters) {
    const [from = '', to = ''] = key.split('>').map(decodeURIComponent);
    const before = found.get(key);
    const dwell = Object.entries(values).flatMap(([name, count]) =>
      /^b\d+$/.test(name) ? [[Number(name.slice(1)), count] as const] : [],
    );
    found.set(key, {
      from: from === '' ? undefined : from,
      to,
      count: (before?.count ?? 0) + (values.count ?? 0),
      dwellMs: (before?.dwellMs ?? 0) + (values.dwellMs ?? 0),
      dwell: mergedHistograms([before?.dwell ?? new Map(), new Map(dwell)]),
    });
  }
  return [...found.values()];
}

/** What passages come to, without a store between. */
export function tally(passages: readonly Passage[]): readonly Transition[] {
  return readTransitions(passages.map((one) => ({ key: transitionKey(one), values: transitionNumbers(one) })));
}
