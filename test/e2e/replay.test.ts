import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cloud } from '../../localstack/cloud/cloud';
import { Operator } from '../support/operator';
import { lifecycle } from '../support/orders';
import { System } from '../support/system';

// What has been counted is known of a cloud of our own only.
delete process.env.E2E_OUTPUTS;

const HOUR = 3_600_000;

let system: System;
let cloud: Cloud;
let operator: Operator;
const orders = ['o-1', 'o-2', 'o-3'];
beforeAll(async () => {
  system = await System.start();
  cloud = system.cloud!;
  operator = new Operator(system);
  for (const id of orders) await system.put(...lifecycle(id));
  await counted();
}, 60_000);
afterAll(() => system?.stop());

/** The insights wait for fuller batches. */
async function counted(): Promise<void> {
  await cloud.idle();
  for (let n = 0; n < 3; n++) await cloud.controls.advance(2_000);
}

const funnel = async () => (await system.get('/insights/funnel')).body;
const puts = () => cloud.controls.trace.find('order#o-4@1').filter(({ operation }) => operation === 'PutEvents').length;

describe('orderstream replay', () => {
  it('sends every fact to the one subscriber, which counts none twice', async () => {
    const before = await funnel();
    expect(JSON.stringify(before)).toContain('delivered');
    const done = await operator.json('replay', '--to', 'insights');
    expect(done).toMatchObject({ chosen: 15, sent: 15, facts: { OrderCreated: 3, OrderDelivered: 3 } });
    await counted();
    expect(await funnel()).toEqual(before);
    expect(await operator.run('dlq')).toMatchObject({ out: expect.stringContaining('nothing is there') });
  }, 20_000);

  it('chooses by type, stream and time, and says when nothing was chosen', async () => {
    const { out } = await operator.run('replay', '--to', 'insights', '--type', 'order.paid', '--dry-run');
    expect(out).toMatch(/^OrderPaid +3\n\n3 of 15 events would be sent to insights as replay-/);
    const [, second] = await system.stream('order#o-1');
    const at = second!.recordedAt as string;
    const window = ['--stream', 'order#o-1', '--since', at, '--until', at];
    expect(await operator.json('replay', '--to', 'insights', '--dry-run', ...window)).toMatchObject({
      read: 5,
      chosen: 1,
    });
    const nothing = await operator.run('replay', '--to', 'insights', '--since', '2999-01-01');
    expect(nothing).toMatchObject({ code: 0, out: expect.stringContaining('nothing was chosen of 15 events') });
  }, 20_000);

  it('refuses whom it cannot send to, and what was not subscribed to', async () => {
    expect(await operator.run('replay', '--to', 'shipping')).toMatchObject({
      code: 2,
      error: expect.stringContaining('which has no queue to send to; there are: insights'),
    });
    expect(await operator.run('replay', '--to', 'insights', '--type', 'UserCreated')).toMatchObject({
      code: 2,
      error: expect.stringContaining('has not subscribed to facts of user#'),
    });
  });

  it('marks each as EventBridge marks a replay, and puts nothing on the bus', async () => {
    const failing = {
      fault: 'error',
      service: 'lambda',
      operation: 'Invocation',
      target: 'orders-local-insights',
    } as const;
    cloud.controls.faults.plan({ seed: 1, rules: [failing] });
    await system.put(lifecycle('o-4')[0]!);
    await cloud.idle();
    const before = puts();
    expect(before).toBeGreaterThan(0);
    await operator.json('replay', '--to', 'insights', '--stream', 'order#o-4', '--name', 'once-more');
    expect(puts()).toBe(before);
    await cloud.controls.advance(2 * HOUR);
    cloud.controls.faults.clear();

    const { letters } = await operator.json('dlq', 'list', 'insights');
    const bodies = [];
    for (const { message } of letters) bodies.push((await operator.json('dlq', 'show', 'insights', message)).body);
    const live = bodies.find((body) => body['replay-name'] === undefined);
    const replayed = bodies.find((body) => body['replay-name'] !== undefined);
    expect(bodies).toHaveLength(2);
    expect(live).toMatchObject({ source: 'orderstream', 'detail-type': 'OrderCreated' });
    expect(replayed).toEqual({ ...live, id: expect.stringMatching(/^[0-9a-f-]{36}$/), 'replay-name': 'once-more' });

    const { out } = await operator.run('dlq', 'redrive', 'insights', '--all');
    expect(out).toContain('2 of 2 sent');
    await counted();
    expect(await operator.run('dlq')).toMatchObject({ out: expect.stringContaining('nothing is there') });
  }, 20_000);
});
