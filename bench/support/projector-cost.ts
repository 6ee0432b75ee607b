import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { systemEffects } from '../../functions/adapters/system-effects';
import { DynamoDbGenerationStore } from '../../functions/adapters/views/generation-store';
import { DynamoDbViewRows } from '../../functions/adapters/views/view-rows';
import { knownGenerations } from '../../functions/application/read-models/known-generations';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { projections } from '../../functions/projections/projections';
import { makeProjector } from '../../functions/projections/projector';
import { createEventsTable } from '../../test/support/dynamodb-at-hand';
import { longStock } from '../../test/support/stock';
import { createViewsTable } from '../../test/support/views-table';
import { BareCloud } from './bare-cloud';
import { type Consumption, MeteredClient } from './metered-client';
import { deliveredOrder } from './order-events';
import { atMost, type Table, type Target } from './report';
import { settingsFor } from './small-functions';

/** Events of a batch: several times what one read may name. */
const BATCH = 500;
const ROWS_PER_READ = 100;

/**
 * What the projector asks of DynamoDB for one batch, by the SDK's own client. The pointers to the generations, which are read
 * once a second, have been read.
 */
export async function projectorCost(): Promise<{ table: Table; targets: Target[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-projector-'));
  BareCloud.build();
  const cloud = await BareCloud.start({ dir });
  const metered = new MeteredClient(settingsFor(cloud.endpoint));
  try {
    await createEventsTable(metered.client, 'events');
    await createViewsTable(metered.client, 'views');
    const project = await projectorOn(metered);
    const run = async (events: readonly RecordedEvent[]): Promise<Consumption> => {
      metered.take();
      const results = await project(events.map((event) => ({ ...event, read: () => event })));
      const failed = results.find(({ outcome }) => outcome !== 'projected');
      if (failed) throw new Error(`${failed.stream}: ${failed.outcome} ${failed.error ?? ''}`);
      return metered.take();
    };
    const orders = Array.from({ length: BATCH }, (_, n) => deliveredOrder(`o-${n}`));
    const steps: Consumption[] = [];
    for (let step = 0; step < 5; step++) steps.push(await run(orders.map((order) => order[step]!)));
    const stock = longStock('mug', BATCH + 1);
    await run(stock.slice(0, 1));
    const one = await run(stock.slice(1));
    const rows = [
      ...steps.map((cost, step) => rowOf(`${orders[0]![step]!.type}, ${BATCH} streams`, cost)),
      rowOf(`StockAdded, ${BATCH} of one stream`, one),
    ];
    const bound = BATCH / ROWS_PER_READ + BATCH;
    return {
      table: { title: `a batch of ${BATCH} events`, columns: ['calls', 'calls/event', 'RRU/event', 'WRU/event'], rows },
      targets: [
        atMost(`calls for ${BATCH} events of distinct streams`, Math.max(...steps.map(({ calls }) => calls)), bound),
        atMost(`calls for ${BATCH} events of one stream`, one.calls, 2),
      ],
    };
  } finally {
    metered.close();
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function projectorOn({ client }: MeteredClient): Promise<ReturnType<typeof makeProjector>> {
  const pointers = new DynamoDbGenerationStore(client, 'views', systemEffects);
  const generations = await knownGenerations(pointers, projections, systemEffects, { begin: true }).all();
  const tables = { events: 'events', inbox: 'inbox', keys: 'keys' };
  const never = (what: string) => () => Promise.reject(new Error(what));
  return makeProjector({
    projections,
    generations: async () => generations,
    rows: new DynamoDbViewRows(client, 'views', systemEffects),
    events: new DynamoDbEventStore(client, tables, reducerHashes, systemEffects),
    deadLetters: { send: never('there is nothing to be dead-lettered') },
    faults: { met: never('there is no fault to be met') },
    now: systemEffects.now,
  });
}

const rowOf = (name: string, { calls, reads, writes }: Consumption) =>
  [name, calls, calls / BATCH, reads / BATCH, writes / BATCH] as const;
