import { Operator } from '../operator';
import { payloads } from '../orders';
import type { DeployedFunction } from './deployed-function';
import type { Exercise } from './unneeded';

const SECOND = 1_000;
/** When the first parts are given to workers, and some. */
const BEGUN = 6 * SECOND;
/** A retired generation's rows go when nobody can be at work any more that has not heard of it. */
const REMOVED = 150 * SECOND;

type Shown = { readonly number: number; readonly state: string };

/** What a worker does, begun and looked at as operators do it. */
export async function rebuildExercises(worker: DeployedFunction, visibility: number): Promise<readonly Exercise[]> {
  const operator = new Operator(worker.system);
  await storeWhatMakesWork(worker);
  const newest = async (projection: string): Promise<Shown> =>
    (await operator.json('projection', 'status', projection)).projections[0].generations.at(-1);

  /** Built, and removed again, so that every run finds the same. */
  const rebuilds = (projection: string, ...options: string[]): Exercise => {
    const inPlace = projection === 'feed';
    let number = 0;
    const finish = async (wait: number): Promise<string | undefined> => {
      await worker.advance(wait);
      const built = await newest(projection);
      if (built.state === 'building') return `generation ${built.number} is still being built`;
      if ((await worker.lengthOf('RebuildQueueUrl')) > 0) return 'there are parts left in the queue';
      if (inPlace) return undefined;
      if (built.state !== 'removing' && built.number === number) {
        await operator.json('projection', 'retire', projection, String(number));
        await worker.advance(REMOVED);
      }
      return (await newest(projection)).state === 'removing' ? `generation ${number} is not removed` : undefined;
    };
    return {
      name: `rebuilds ${projection}`,
      run: async () => {
        const all = ['projection', 'rebuild', projection, '--no-wait', '--segments', '1', ...options];
        ({ number } = (await operator.json(...all)).generation);
        return finish(BEGUN);
      },
      recover: () => finish(visibility + 20 * SECOND),
    };
  };
  const nonsense = () => ({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: 'nonsense' }] });
  return [
    {
      ...worker.notesErrors(() => ({ action: 'dynamodb:Scan', on: /table\/[^/]*Events/ }), nonsense),
      name: 'notes that it cannot read a message',
    },
    worker.writesItsLog(nonsense),
    { ...rebuilds('order-summary', '--as-of', '2025-06-01T00:00:00Z'), about: /:Query on .*Events/ },
    rebuilds('order-summary'),
    rebuilds('feed'),
    rebuilds('insights'),
  ];
}

/**
 * An order that is counted. Two pages in the table, so that a part is passed on (soon, by the function's settings), and with a stream that begins on
 * the first page and ends on the second; and a stream that no row can hold.
 */
async function storeWhatMakesWork(worker: DeployedFunction): Promise<void> {
  const { cloud, system } = worker;
  const call = (operation: string, input: object) =>
    cloud.registry.call('lambda', operation, { FunctionName: 'orders-local-rebuild', ...input }, cloud.rootCall());
  const { Environment } = await call('GetFunctionConfiguration', {});
  const Variables = { ...Environment.Variables, REBUILD_WORK_SECONDS: '0.001' };
  await call('UpdateFunctionConfiguration', { Environment: { Variables } });
  const large = { pad: 'x'.repeat(360_000) };
  for (const event of worker.order(system.newId('o'), 4))
    await worker.store([{ ...event, metadata: { ...event.metadata, ...large } }]);
  await system.command('POST', '/orders', payloads.created(system.newId('o')));
  await worker.store(worker.order(system.newId('x'.repeat(1_500)), 1));
}
