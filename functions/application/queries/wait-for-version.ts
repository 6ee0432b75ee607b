import type { Effects } from '../ports';
import type { Place } from '../read-models/feed-row';
import type { LiveRows } from '../read-models/ports';
import type { ViewRow } from '../read-models/rows';

/** How long a reader waits for a projection, in milliseconds, and how often it looks. */
const patience = 2_000;
const pauses = [10, 20, 40, 80, 160] as const;

export type Waited =
  | { readonly kind: 'reached' }
  /** The projection did not get there in time, or cannot before its fault is repaired. */
  | { readonly kind: 'behind'; readonly row: ViewRow | undefined };

/** Waits, for two seconds at most, until the row of a stream has reached a version. */
export async function waitForVersion(
  rows: LiveRows,
  { stream, version }: Place,
  effects: Pick<Effects, 'sleep'>,
): Promise<Waited> {
  let waited = 0;
  for (let look = 0; ; look++) {
    const row = (await rows.getMany([stream])).get(stream);
    if (row && row.version >= version) return { kind: 'reached' };
    if (row?.fault || waited >= patience) return { kind: 'behind', row };
    const pause = pauses[Math.min(look, pauses.length - 1)] as number;
    await effects.sleep(pause);
    waited += pause;
  }
}
