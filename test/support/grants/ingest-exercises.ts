import { SNAPSHOT_EVERY } from '../../../functions/application/snapshots';
import { payloads } from '../orders';
import { longStock } from '../stock';
import type { DeployedFunction } from './deployed-function';
import type { Exercise } from './unneeded';

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;

/** All ingests do the same; they differ in what they are sent. */
export function ingestExercises(ingest: DeployedFunction, queue: string, visibility: number): readonly Exercise[] {
  const { system } = ingest;
  const id = (prefix: string) => system.newId(prefix);
  const takes = async (...events: readonly object[]): Promise<string | undefined> => {
    for (const event of events) {
      const wrong = await ingest.invoke(event);
      if (wrong) return wrong;
    }
    return undefined;
  };
  const user = (userId = id('u')) => ({ userId, name: 'Ada', email: `${userId}@example.org` });
  const created = (detail: object) => ingest.envelope('UserCreated', detail);
  const stocked = (sku: string) => ingest.envelope('StockAdded', { sku, quantity: 1 });
  const order = () => {
    const orderId = id('o');
    return { orderId, opened: ingest.envelope('OrderCreated', payloads.created(orderId)) };
  };
  const stuck = () => ingest.envelope('UserUpdated', { userId: id('u'), name: 'Bob' });
  const needed = () => ({ action: 'dynamodb:Query', on: /table\/[^/]*Events/ });
  return [
    ingest.notesErrors(needed, stuck),
    ingest.writesItsLog(() => created(user())),
    ingest.consumes(queue, () => ({ event: created(user()) }), { visibility }),
    { name: 'opens a stream', run: () => takes(created(user())) },
    {
      name: 'changes whom a name belongs to',
      run: () => {
        const one = user();
        const email = `${one.userId}@example.com`;
        return takes(created(one), ingest.envelope('UserUpdated', { userId: one.userId, email }));
      },
    },
    {
      name: 'parks what comes too early',
      run: () => takes(ingest.envelope('OrderPaid', payloads.paid(id('o')))),
    },
    {
      name: 'lets a cancellation wait for what was put before it',
      run: () => {
        const { orderId, opened } = order();
        return takes(opened, ingest.envelope('OrderCancelled', payloads.cancelled(orderId)));
      },
    },
    {
      name: 'confirms on the condition that nobody has stocked the goods',
      run: () => {
        const { orderId, opened } = order();
        return takes(opened, ingest.envelope('OrderConfirmed', payloads.confirmed(orderId)));
      },
    },
    {
      name: 'looks whether what is old has expired',
      run: () => {
        const { orderId, opened } = order();
        const old = { time: ingest.time(60 * DAY) };
        return takes(opened, ingest.envelope('OrderConfirmed', payloads.confirmed(orderId), old));
      },
    },
    { name: 'says what it rejects', run: () => takes(ingest.envelope('OrderBewitched', {})) },
    {
      name: 'stands in line for a stream that others want',
      run: async () => {
        const sku = id('sku');
        await takes(stocked(sku));
        // What other exercises have left behind must not meet the fault.
        await ingest.cloud.idle();
        return ingest.afterALostRace(() => takes(stocked(sku)));
      },
    },
    {
      name: 'remembers what a snapshot hides',
      run: async () => {
        const sku = id('sku');
        await ingest.store(longStock(sku, SNAPSHOT_EVERY - 1));
        return takes(stocked(sku), stocked(sku));
      },
    },
    {
      name: 'sets aside what it cannot be run with',
      run: async () => {
        const before = await ingest.lengthOf('IngestDlqUrl');
        const grant = ingest.role.find(needed().action, needed().on);
        await ingest.role.take(grant);
        await ingest.enqueue(stuck());
        await ingest.advance(600 * SECOND).finally(() => ingest.role.giveBack(grant));
        return (await ingest.lengthOf('IngestDlqUrl')) > before ? undefined : 'there is no dead letter';
      },
    },
  ];
}
