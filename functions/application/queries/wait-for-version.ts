import type { Effects } from '../ports';
import type { Place } from '../read-models/feed-row';
import type { LiveRows } from '../read-models/ports';
import type { ViewRow } from '../read-models/rows';

/** How long to wait between two looks, in milliseconds. */
const pauses = [10, 20, 40, 80, 160] as const;

/**
 * The row of a stream as soon as it has reached a version; as it is when `patience` (milliseconds) is over, or when a
 * fault holds it up, for which waiting is no use.
 */
export async function waitForVersion(
  rows: LiveRows,
  { stream, version }: Place,
  patience: number,
  effects: Pick<Effects, 'now' | 'sleep'>,
): Promise<ViewRow | undefined> {
  const startedAt = effects.now().getTime();
  let slept = 0;
  for (let look = 0; ; look++) {
    const row = (await rows.getMany([stream])).get(stream);
    // Whichever is more: reading takes its time too, and a clock may stand still.
    const left = patience - Math.max(slept, effects.now().getTime() - startedAt);
    if ((row && (row.version >= version || row.fault)) || left <= 0) return row;
    const pause = Math.min(pauses[Math.min(look, pauses.length - 1)] as number, left);
    await effects.sleep(pause);
    slept += pause;
  }
}
