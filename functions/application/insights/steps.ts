import type { Increment } from './ports';
import { expiryOf, type Window, windowOf } from './windows';

/** One step in the processing of a stream of things: nothing, one or several come out of each. Pure. */
export type Step<In, Out> = (item: In) => readonly Out[];

/** Lets through what is wanted. */
export const filter =
  <In>(isWanted: (item: In) => boolean): Step<In, In> =>
  (item) =>
    isWanted(item) ? [item] : [];

/** Adds to each what can be worked out from it. */
export const enrich =
  <In, More extends object>(more: (item: In) => More): Step<In, In & More> =>
  (item) => [{ ...item, ...more(item) }];

/** Takes each apart. */
export const split =
  <In, Part>(partsOf: (item: In) => readonly Part[]): Step<In, Part> =>
  (item) =>
    partsOf(item);

export type Aggregation<In> = {
  readonly series: string;
  /** Counts are kept by these windows, of the moment `at`; their beginning comes first in the key. Default: one for ever. */
  readonly window?: Window;
  /** What else a counter is kept by. Default: nothing. */
  readonly by?: (item: In) => string;
  readonly add: (item: In) => Readonly<Record<string, number>>;
  /** Ranks the counters of a window by their number `quantity`. Default: not ranked. */
  readonly ranked?: true;
};

/** Counts each in the counter of its window and group. */
export const aggregate =
  <In extends { readonly at: number }>({ series, window, by, add, ranked }: Aggregation<In>): Step<In, Increment> =>
  (item) => {
    const start = window && windowOf(window, item.at);
    const expires = window && expiryOf(window, item.at);
    const key = [start, by?.(item)].filter((part) => part !== undefined).join('#');
    return [
      {
        series,
        key: key === '' ? 'all' : key,
        add: add(item),
        ...(expires && { expires }),
        ...(ranked && { ranking: start ?? 'all' }),
      },
    ];
  };

/** One step behind the other. */
export function inTurn<A, B>(one: Step<A, B>): Step<A, B>;
export function inTurn<A, B, C>(one: Step<A, B>, two: Step<B, C>): Step<A, C>;
export function inTurn<A, B, C, D>(one: Step<A, B>, two: Step<B, C>, three: Step<C, D>): Step<A, D>;
export function inTurn(...steps: readonly Step<unknown, unknown>[]): Step<unknown, unknown> {
  return (item) => steps.reduce<readonly unknown[]>((items, step) => items.flatMap((one) => step(one)), [item]);
}

/** All of them side by side: what each makes of an item. */
export const sideBySide =
  <In, Out>(...steps: readonly Step<In, Out>[]): Step<In, Out> =>
  (item) =>
    steps.flatMap((step) => step(item));
