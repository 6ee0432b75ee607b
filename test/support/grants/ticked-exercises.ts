import { DynamoDbInbox } from '../../../functions/adapters/inbox';
import type { Aggregate } from '../../../functions/application/catalogue';
import type { DeployedFunction } from './deployed-function';
import type { Exercise } from './unneeded';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** An event that stands parked in the Inbox of an aggregate that it does not belong to: no ingest need be able to decide it. */
export async function park(of: DeployedFunction, aggregate: Aggregate, over: object = {}): Promise<string> {
  const { dynamodb, outputs } = of.system;
  const [stream, id] = [`${aggregate}#${of.system.newId('x')}`, of.system.newId('e')];
  await new DynamoDbInbox(dynamodb, outputs.InboxTableName!).put({
    ...{ stream, id, source: 'shop', type: 'OrderBewitched', state: 'parked', reason: 'it came too early' },
    ...{ dueAtVersion: 1, event: of.envelope('OrderBewitched', {}, { id }) },
    ...{ at: of.time(2 * DAY), parkedUntil: of.time(DAY) },
    ...over,
  });
  return stream;
}

export const aggregates = ['order', 'inventory', 'user'] as const;

export function sweepExercises(sweep: DeployedFunction): readonly Exercise[] {
  const expired = (aggregate: Aggregate): Exercise => ({
    name: `sends on what has expired in ${aggregate}`,
    run: async () => {
      await park(sweep, aggregate);
      const wrong = await sweep.invoke({});
      // What could not be sent is swept at the next time, and decided.
      return wrong;
    },
    recover: async () => {
      const wrong = await sweep.invoke({});
      await sweep.cloud.idle();
      return wrong;
    },
  });
  const onIndex = () => ({ action: 'dynamodb:Query', on: /index\/by-state/ });
  return [
    sweep.notesErrors(onIndex, () => ({})),
    sweep.writesItsLog(() => ({})),
    { name: 'sweeps', run: () => sweep.invoke({}) },
    ...aggregates.map(expired),
  ];
}

export function monitorExercises(monitor: DeployedFunction): readonly Exercise[] {
  return [
    monitor.notesErrors(
      () => ({ action: 'dynamodb:Query', on: /table\/[^/]*Insights/ }),
      () => ({}),
    ),
    monitor.writesItsLog(() => ({})),
    {
      name: 'measures',
      run: async () => {
        await monitor.advance(2_500);
        return monitor.invoke({});
      },
    },
    {
      name: 'says what has become a dead letter',
      run: async () => {
        await monitor.send('IngestDlqUrl', {});
        return monitor.invoke({});
      },
    },
  ];
}
