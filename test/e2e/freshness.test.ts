import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultRule } from '../../localstack/cloud/core/faults';
import { payloads } from '../support/orders';
import { type Answer, System } from '../support/system';

// Only a cloud of our own can be made to lag.
delete process.env.E2E_OUTPUTS;

let system: System;
beforeAll(async () => {
  system = await System.start();
  // The first invocation of each function starts it: that is not what is measured here.
  await create(system.newId('warm'));
  await system.get('/orders/nothing');
  await system.settled(async () => {});
}, 60_000);
afterAll(() => system?.stop());
beforeEach(() => system.cloud!.controls.reset());

const statuses = ['', 'created', 'confirmed', 'paid', 'shipped', 'delivered'] as const;
const projector = '*project-views*';

const create = (orderId: string) => system.command('POST', '/orders', payloads.created(orderId));
const laterSteps = [
  ['confirm', {}],
  ['pay', { paymentId: 'p-1', amount: 2990 }],
  ['ship', { carrier: 'dhl' }],
  ['deliver', {}],
] as const;

function faults(seed: number, ...rules: readonly FaultRule[]): void {
  system.cloud!.controls.faults.plan({ seed, rules });
}

type Read = { readonly asked: number; readonly how: string; readonly answer: Answer };

/** How readers ask for what they know from the answer to a command. */
const ways: Readonly<Record<string, (id: string, version: number) => Promise<Answer>>> = {
  plain: (id) => system.get(`/orders/${id}`),
  'wait=0': (id, version) =>
    system.get(`/orders/${id}`, { 'If-Consistent': `order#${id}@${version}`, Prefer: 'wait=0' }),
  'wait=1': (id, version) =>
    system.get(`/orders/${id}`, { 'If-Consistent': `order#${id}@${version}`, Prefer: 'wait=1' }),
  'wait=0, folded': (id, version) =>
    system.get(`/orders/${id}?consistent=true`, { 'If-Consistent': `order#${id}@${version}`, Prefer: 'wait=0' }),
  folded: (id) => system.get(`/orders/${id}?consistent=true`),
};

/** Takes an order through its life while readers ask for each step at once. */
async function lifeBeingRead(orderId: string): Promise<Read[]> {
  const reads: Promise<Read>[] = [];
  const readAll = (asked: number) => {
    for (const [how, read] of Object.entries(ways))
      reads.push(read(orderId, asked).then((answer) => ({ asked, how, answer })));
  };
  const versionOf = (answer: Answer) => Number(answer.headers.get('etag')?.replaceAll('"', ''));
  readAll(versionOf(await create(orderId)));
  for (const [step, body] of laterSteps)
    readAll(versionOf(await system.command('POST', `/orders/${orderId}/${step}`, body)));
  return Promise.all(reads);
}

/** What no answer may be, whatever the projection does. */
function expectHonest({ asked, how, answer }: Read, orderId: string): void {
  const { status, headers, body } = answer;
  const what = JSON.stringify({ asked, how, status, body });
  if (how === 'plain') {
    // Nothing was asked for: what there is, with its version.
    expect([what, [200, 404].includes(status)]).toEqual([what, true]);
  } else if (how.endsWith('folded')) {
    expect([what, status, body.version >= asked]).toEqual([what, 200, true]);
  } else if (status === 200) {
    expect([what, body.version >= asked]).toEqual([what, true]);
  } else {
    expect([what, status, headers.get('etag'), headers.get('cache-control')]).toEqual([what, 202, null, 'no-store']);
    expect(body.stale).toEqual({ stream: `order#${orderId}`, wanted: asked, reached: body.version ?? 0 });
    expect([what, body.stale.reached < asked]).toEqual([what, true]);
  }
  if (status === 200) expect([what, headers.get('etag')]).toEqual([what, `"${body.version}"`]);
  if (status === 200) expect([what, body.stale]).toEqual([what, undefined]);
  // Never a mixture: all of one version.
  if (body.version !== undefined) expect([what, body.status]).toEqual([what, statuses[body.version]]);
}

describe('while the projection lags', () => {
  it.each([1, 2, 3, 4])('no answer without the flag is older than what was asked for (seed %d)', async (seed) => {
    faults(
      seed,
      { fault: 'latency', service: 'lambda', operation: 'StreamBatch', target: projector, rate: 0.5, ms: 250 },
      { fault: 'latency', service: 'lambda', operation: 'StreamBatch', target: projector, ms: 80 },
      { fault: 'error', service: 'lambda', operation: 'Invocation', target: projector, rate: 0.2 },
      { fault: 'duplicate', service: 'lambda', operation: 'StreamBatch', target: projector, rate: 0.3 },
      { fault: 'latency', service: 'dynamodb', operation: 'BatchGetItem', rate: 0.2, ms: 30 },
    );
    const ids = Array.from({ length: 3 }, () => system.newId('o'));
    const reads = await Promise.all(ids.map(lifeBeingRead));
    for (const [index, id] of ids.entries()) for (const read of reads[index]!) expectHonest(read, id);
    faults(seed);
    await system.settled(async () => {
      for (const id of ids) {
        const { status, body } = await system.get(`/orders/${id}`, {
          'If-Consistent': `order#${id}@5`,
          Prefer: 'wait=0',
        });
        expect([status, body.version, body.status]).toEqual([200, 5, 'delivered']);
      }
    });
  });

  it('as long as it stands still, waiting ends in time; then the stream itself answers who asks for it', async () => {
    const orderId = system.newId('o');
    await create(orderId);
    await system.settled(async () => {});
    faults(1, { fault: 'latency', service: 'lambda', operation: 'StreamBatch', target: projector, ms: 3_000 });
    expect((await system.command('POST', `/orders/${orderId}/confirm`, {})).headers.get('etag')).toBe('"2"');
    const asked = { 'If-Consistent': `order#${orderId}@2`, Prefer: 'wait=1' };
    const startedAt = Date.now();
    const stale = await system.get(`/orders/${orderId}`, asked);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
    expect([stale.status, stale.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    expect(stale.body).toMatchObject({ status: 'created', stale: { wanted: 2, reached: 1 } });
    const folded = await system.get(`/orders/${orderId}?consistent=true`, { ...asked, Prefer: 'wait=0' });
    expect([folded.status, folded.body.status, folded.headers.get('etag')]).toEqual([200, 'confirmed', '"2"']);
    const patient = await system.get(`/orders/${orderId}`, { ...asked, Prefer: 'wait=5' });
    expect([patient.status, patient.body.status]).toEqual([200, 'confirmed']);
  });

  it('events, their changes and the past are those of the stream', async () => {
    faults(1, { fault: 'latency', service: 'lambda', operation: 'StreamBatch', target: projector, ms: 500 });
    const orderId = system.newId('o');
    await create(orderId);
    await system.command('POST', `/orders/${orderId}/confirm`, {});
    const { body } = await system.get(`/orders/${orderId}/events`);
    expect(body.items.map(({ changes }: { changes: object[] }) => changes.slice(-2))).toEqual([
      [expect.anything(), { field: 'createdAt', after: expect.any(String) }],
      [
        { field: 'status', before: 'created', after: 'confirmed' },
        { field: 'confirmedAt', after: expect.any(String) },
      ],
    ]);
    expect((await system.get(`/orders/${orderId}?version=2`)).body).toMatchObject({ status: 'confirmed' });
  });
});
