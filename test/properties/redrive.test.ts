import { describe, expect, it } from '@jest/globals';
import type { Projection } from '../../functions/application/read-models/projection';
import type { ViewRow } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { orderSummary } from '../../functions/projections/order-summary';
import { type Explored, explore } from '../support/explorer';
import { MemoryViewRows } from '../support/memory-views';
import { orderHistory } from '../support/recorded';
import { type Options, RedriveWorld } from '../support/redrive-world';

/*
 * Every interleaving of projectors, redrives and appends, call by call, with a crash anywhere: the row ends as the fold of all
 * events, or with a fault that knows the newest of them. No event is left out.
 */

const history = orderHistory('o-1', 4);
const fold = orderSummary as unknown as Projection;

/** The fold of orders, which cannot pass these versions. */
const stoppingAt = (...versions: readonly number[]): Projection => ({
  ...fold,
  fold: (row, event) => {
    if (versions.includes(event.version)) throw new Error(`cannot read version ${event.version}`);
    return fold.fold(row, event);
  },
});

const folded = (events: readonly RecordedEvent[]): ViewRow | undefined =>
  events.reduce<ViewRow | undefined>((row, event) => fold.fold(row, event), undefined);

/** As projectors leave a row that cannot pass its second event, when that was the last. */
const faulted: ViewRow = {
  ...(folded(history.slice(0, 1)) as ViewRow),
  fault: { version: 2, error: 'Error: cannot read version 2', since: '1970-01-01T00:00:00.000Z', seen: 2 },
};

/** What must not be, in words. */
function troubleIn({ row, untold, appended }: RedriveWorld): string | undefined {
  if (untold) return untold;
  if (!row) return 'there is no row';
  const { fault, ...body } = row;
  if (fault && fault.version !== row.version + 1) return `the fault is at ${fault.version}, the row at ${row.version}`;
  if (fault && fault.seen !== appended) return `version ${appended} is left out: the fault has seen ${fault.seen}`;
  if (!fault && row.version !== appended) return `version ${appended} is left out: the row ends at ${row.version}`;
  const expected = row.version === 0 ? { stream: row.stream, version: 0 } : folded(history.slice(0, row.version));
  return JSON.stringify(body) === JSON.stringify(expected) ? undefined : 'the row is not the fold of its events';
}

/** Explores, and gives back in which ways it can end. */
async function endsOf(
  options: Omit<Options, 'history'> & Partial<Options>,
): Promise<Explored & { readonly seen: readonly string[] }> {
  const seen = new Set<string>();
  const explored = await explore(
    () => new RedriveWorld({ history, ...options }),
    (world, way) => {
      const trouble = troubleIn(world);
      if (trouble) throw new Error(`${trouble}, by this way:\n${way.join('\n')}`);
      seen.add(world.row?.fault ? `before ${world.row.fault.version}` : `at ${world.row?.version}`);
    },
  );
  return { ...explored, seen: [...seen].toSorted() };
}

const stopped = { appended: 2, row: faulted, projectors: 1, redrives: 1, crashes: 1 } as const;

describe('whatever happens between projectors, redrives, appends and a crash', () => {
  it('no event that arrives while a redrive runs is left out', async () => {
    const { seen, states } = await endsOf({ ...stopped, deployed: fold, mended: fold });
    expect(seen).toEqual(['at 4', 'before 2']);
    // It did go many ways.
    expect(states).toBeGreaterThan(500);
  });

  it('nor while the release that mends the fold is not deployed everywhere', async () => {
    const { seen } = await endsOf({ ...stopped, deployed: stoppingAt(2), mended: fold });
    expect(seen).toEqual(['at 4', 'before 2']);
  });

  it('nor by two projectors at once', async () => {
    const { seen } = await endsOf({ ...stopped, projectors: 2, crashes: 0, deployed: fold, mended: fold });
    expect(seen).toEqual(['at 4']);
  });

  it('nor by two redrives at once', async () => {
    const { seen } = await endsOf({ ...stopped, redrives: 2, crashes: 0, deployed: fold, mended: fold });
    expect(seen).toEqual(['at 4']);
  });

  it('nor when a later event cannot be folded, either', async () => {
    const still = stoppingAt(3);
    const { seen } = await endsOf({ ...stopped, redrives: 2, crashes: 0, deployed: still, mended: still });
    expect(seen).toEqual(['before 3']);
  });

  it('nor when the fault is only being met, and nobody hears of it too late', async () => {
    const meeting = { history: history.slice(0, 3), appended: 1, projectors: 1, redrives: 1, crashes: 1 } as const;
    const { seen } = await endsOf({ ...meeting, deployed: stoppingAt(1), mended: fold });
    expect(seen).toEqual(['at 3', 'before 1']);
  });
});

/** Puts that look less closely than the table does. */
class CarelessRows extends MemoryViewRows {
  constructor(
    private readonly real: MemoryViewRows,
    private readonly isUnmoved: (row: ViewRow | undefined, before: ViewRow | undefined) => boolean,
  ) {
    super();
  }
  override getMany(places: Parameters<MemoryViewRows['getMany']>[0]) {
    return this.real.getMany(places);
  }
  override async put(generation: number, row: ViewRow, before: ViewRow | undefined) {
    const current = this.real.copy(generation).get(row.stream);
    if (!this.isUnmoved(current, before)) return { written: false, current } as const;
    this.real.copy(generation).set(row.stream, row);
    return { written: true } as const;
  }
}

describe('the explorer notices', () => {
  it('a table that does not look whether the row has moved', async () => {
    const tamper: Options['tamper'] = ({ rows }) => ({ rows: new CarelessRows(rows, () => true) });
    await expect(endsOf({ ...stopped, deployed: fold, mended: fold, tamper })).rejects.toThrow('is left out');
  });

  it('one that looks at the version alone, not at what has been seen', async () => {
    const tamper: Options['tamper'] = ({ rows }) => ({
      rows: new CarelessRows(rows, (row, before) => row?.version === before?.version),
    });
    await expect(endsOf({ ...stopped, deployed: fold, mended: fold, tamper })).rejects.toThrow('is left out');
  });
});
