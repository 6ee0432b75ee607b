import { SNAPSHOT_EVERY } from '../../../functions/application/snapshots';
import { payloads } from '../orders';
import { longStock } from '../stock';
import type { Answer } from '../system';
import type { DeployedFunction } from './deployed-function';
import type { Exercise } from './unneeded';

/** Answers that say that the caller has done nothing wrong, and that the system has. */
const failureIn = (...answers: readonly Answer[]): string | undefined => {
  const failed = answers.find(({ status }) => status >= 500);
  return failed && `it answers ${failed.status}`;
};

/** A request as a function URL hands it to the function. */
const urlEvent = (method: string, path: string) => ({
  version: '2.0',
  rawPath: path,
  rawQueryString: '',
  headers: { host: 'localhost' },
  requestContext: { domainName: 'localhost', http: { method, path, sourceIp: '127.0.0.1' }, requestId: 'r' },
  isBase64Encoded: false,
});

export function commandExercises(api: DeployedFunction): readonly Exercise[] {
  const { system } = api;
  const newId = (prefix: string) => system.newId(prefix);
  const post = (path: string, body: unknown = {}) => system.command('POST', path, body);
  const stock = (sku: string) => post(`/inventory/${sku}/stock`, { quantity: 1 });
  const user = async () => {
    const userId = newId('u');
    return [userId, await post('/users', { userId, name: 'Ada', email: `${userId}@example.org` })] as const;
  };
  const order = async () => {
    const { orderId, ...rest } = payloads.created(newId('o'));
    return [orderId, await post('/orders', { orderId, ...rest })] as const;
  };
  const deleted = () => urlEvent('DELETE', `/users/${newId('u')}`);
  return [
    api.notesErrors(() => ({ action: 'dynamodb:Query', on: /table\/[^/]*Events/ }), deleted),
    api.writesItsLog(deleted),
    { name: 'refuses what cannot be', run: async () => failureIn(await post(`/orders/${newId('o')}/pay`)) },
    { name: 'puts events on the bus', run: () => putOnBus(api) },
    { name: 'creates a user', run: async () => failureIn((await user())[1]) },
    {
      name: 'changes whom an address belongs to',
      run: async () => {
        const [userId, created] = await user();
        const email = `${userId}@example.com`;
        return failureIn(created, await system.command('PATCH', `/users/${userId}`, { email }));
      },
    },
    {
      name: 'confirms an order of goods that nobody has stocked',
      run: async () => {
        const [orderId, created] = await order();
        return failureIn(created, await post(`/orders/${orderId}/confirm`));
      },
    },
    {
      name: 'stands in line for a stream that others want',
      run: async () => {
        const sku = newId('sku');
        await stock(sku);
        await api.cloud.idle();
        return api.afterALostRace(async () => failureIn(await stock(sku)));
      },
    },
    {
      name: 'remembers what a snapshot hides',
      run: async () => {
        const sku = newId('sku');
        await api.store(longStock(sku, SNAPSHOT_EVERY - 1));
        return failureIn(await stock(sku), await stock(sku));
      },
    },
  ];
}

async function putOnBus({ system }: DeployedFunction): Promise<string | undefined> {
  const event = {
    specversion: '1.0',
    id: system.newId('ce'),
    source: '/shop',
    type: 'OrderPaid',
    data: payloads.paid(system.newId('o')),
  };
  const headers = { 'content-type': 'application/cloudevents+json' };
  const { status, body } = await system.command('POST', '/events', event, headers);
  return status === 202 ? undefined : `it answers ${status} ${JSON.stringify(body)}`;
}

/** `seen`: an order, a user and an event that are there to be asked for. */
export async function queryExercises(api: DeployedFunction): Promise<readonly Exercise[]> {
  const { system } = api;
  const [userId, orderId, sku] = [system.newId('u'), system.newId('o'), system.newId('sku')];
  await system.command('POST', '/users', { userId, name: 'Ada', email: `${userId}@example.org` });
  await system.command('POST', '/orders', payloads.created(orderId, userId));
  await system.command('POST', `/inventory/${sku}/stock`, { quantity: 1 });
  await api.cloud.idle();
  const [event] = await system.stream(`order#${orderId}`);
  const paths = [
    '/insights/monitor',
    '/health',
    '/insights/top-skus',
    '/insights/funnel',
    `/correlations/${event!.correlationId}`,
    '/events?type=OrderCreated',
    '/events',
    `/events/${event!.id}`,
    '/orders?status=created',
    `/users/${userId}/orders`,
    `/users/${userId}?consistent=true`,
    `/users/${userId}`,
    `/orders/${orderId}/events`,
    `/orders/${orderId}`,
  ];
  return [
    api.notesErrors(
      () => ({ action: 'dynamodb:BatchGetItem', on: /table\/[^/]*Views/ }),
      () => urlEvent('GET', `/orders/${orderId}`),
    ),
    api.writesItsLog(() => urlEvent('GET', `/orders/${orderId}`)),
    ...paths.map((path) => ({
      name: `GET ${path}`,
      run: async () => {
        // What it knows of the generations it takes for known for a moment.
        await api.advance(2_500);
        const { status } = await system.get(path);
        return status === 200 ? undefined : `it answers ${status}`;
      },
    })),
  ];
}
