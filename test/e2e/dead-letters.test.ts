import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cloud } from '../../localstack/cloud/cloud';
import type { FaultRule } from '../../localstack/cloud/core/faults';
import { Operator } from '../support/operator';
import { lifecycle, payloads } from '../support/orders';
import { System } from '../support/system';

// Dead letters are made by the adversary of a local cloud of our own.
delete process.env.E2E_OUTPUTS;

const HOUR = 3_600_000;

let system: System;
let cloud: Cloud;
let operator: Operator;
beforeAll(async () => {
  system = await System.start();
  cloud = system.cloud!;
  operator = new Operator(system);
}, 60_000);
afterAll(() => system?.stop());
beforeEach(() => cloud.controls.reset());

/** What happens under these faults, until nobody tries again any more. */
async function under(rules: readonly FaultRule[], work: () => Promise<unknown>): Promise<void> {
  cloud.controls.faults.plan({ seed: 1, rules: [...rules] });
  await work();
  await cloud.idle();
  await cloud.controls.advance(3 * HOUR);
  cloud.controls.faults.clear();
}

/** As the read model has it; 404: it has no such order. */
const status = async (orderId: string) => (await system.get(`/orders/${orderId}`)).body.status;
type Count = { readonly queue: string; readonly waiting: number; readonly held: number };
/** Of the queues that are not empty. */
const counts = async () => {
  const queues: Count[] = (await operator.json('dlq')).queues;
  const filled = queues.filter(({ waiting, held }) => waiting + held > 0);
  return Object.fromEntries(filled.map(({ queue, waiting }) => [queue, waiting]));
};
type Shown = { readonly message: string; readonly stream: string; readonly event: { readonly type: string } };
const letters = async (queue: string): Promise<Shown[]> => (await operator.json('dlq', 'list', queue)).letters;

const runFails = (name: string): FaultRule => ({
  fault: 'error',
  service: 'lambda',
  operation: 'Invocation',
  target: `orders-local-${name}`,
});
const EXPIRED: FaultRule = {
  fault: 'error',
  service: 'sqs',
  operation: 'DeleteMessage',
  code: 'ReceiptHandleIsInvalid',
  status: 400,
};

describe('events that an ingest could not be run with', () => {
  it('are listed without what they say, shown with it, and come out right, twice over', async () => {
    const [one, other] = [system.newId('o'), system.newId('o')];
    const first = (id: string) => lifecycle(id).slice(0, 3).reverse();
    const at = new Date('2026-01-01T12:00:00Z').getTime();
    const timed = (id: string) => first(id).map((entry, i) => ({ ...entry, time: new Date(at - i * 1000) }));
    await under([runFails('ingest-orders')], () => system.put(...timed(one), ...timed(other)));
    expect(await counts()).toEqual({ ingest: 6 });

    const listed = await operator.run('dlq', 'list', 'ingest');
    expect(listed.out).toMatch(/OrderPaid order#o-.* {2}function {2}RetriesExhausted after 3 runs/);
    expect(listed.out).not.toContain('pay-');
    const dry = await operator.json('dlq', 'redrive', 'ingest', '--all', '--dry-run');
    const planned: Shown[] = dry.letters;
    expect(planned.filter(({ stream }) => stream === `order#${one}`).map(({ event }) => event.type)).toEqual([
      'OrderCreated',
      'OrderConfirmed',
      'OrderPaid',
    ]);
    const { message } = planned.find(({ event }) => event.type === 'OrderPaid')!;
    expect((await operator.run('dlq', 'show', 'ingest', message)).out).toMatch(/"paymentId": "pay-o-/);
    expect([await counts(), await system.stream(`order#${one}`)]).toEqual([{ ingest: 6 }, []]);

    // Sent, but still there: the next redrive sends them a second time.
    cloud.controls.faults.plan({ seed: 1, rules: [EXPIRED] });
    const stuck = await operator.run('dlq', 'redrive', 'ingest', '--stream', `order#${one}`);
    expect(stuck).toMatchObject({
      code: 1,
      out: expect.stringMatching(/failed +sent to the ingest of order, but not deleted/),
    });
    expect(stuck.out).toContain('0 of 3 sent');
    cloud.controls.faults.clear();
    const { code, out } = await operator.run('dlq', 'redrive', 'ingest', '--all');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('6 of 6 sent') });
    await cloud.idle();
    expect(await counts()).toEqual({});
    for (const id of [one, other]) {
      expect((await system.stream(`order#${id}`)).map(({ type }) => type)).toEqual([
        'OrderCreated',
        'OrderConfirmed',
        'OrderPaid',
      ]);
      expect(await status(id)).toBe('paid');
    }
  }, 20_000);

  it('are put right on their way, or discarded for sure', async () => {
    const orderId = system.newId('o');
    await system.put(...lifecycle(orderId).slice(0, 2));
    await cloud.idle();
    const denied: FaultRule = {
      fault: 'error',
      code: 'NO_PERMISSIONS',
      service: 'events',
      operation: 'Deliver',
      times: 2,
    };
    await under([denied], () =>
      system.put(
        { type: 'OrderPaid', detail: payloads.paid(orderId, 1) },
        { type: 'OrderPaid', detail: payloads.paid(orderId, 2, 'another') },
      ),
    );
    const [fixed, wrong] = (await letters('ingest')) as [Shown, Shown];
    expect(fixed).toMatchObject({ by: 'rule', error: expect.stringContaining('NO_PERMISSIONS'), kind: 'event' });
    const data = '{"amount":2990}';
    expect(await operator.run('dlq', 'redrive', 'ingest', '--all', '--data', data)).toMatchObject({ code: 2 });
    await operator.json('dlq', 'redrive', 'ingest', fixed.message, '--data', data);
    await cloud.idle();
    expect(await status(orderId)).toBe('paid');

    const unsure = await operator.run('dlq', 'discard', 'ingest', wrong.message);
    expect(unsure).toMatchObject({ code: 2, error: expect.stringContaining('if you mean it, say --yes') });
    await operator.json('dlq', 'discard', 'ingest', wrong.message, '--yes');
    expect(await counts()).toEqual({});
    const gone = await operator.run('dlq', 'show', 'ingest', wrong.message);
    expect(gone).toMatchObject({ code: 1, error: expect.stringContaining('is not in ingest: gone, or held') });
  }, 20_000);

  it('keep waiting with what was parked when they came from there', async () => {
    const orderId = system.newId('o');
    const [created, confirmed] = lifecycle(orderId);
    await system.put(confirmed!);
    await cloud.idle();
    await under(
      // The ingest runs once, for the event that wakes the parked one.
      [{ ...runFails('ingest-orders'), skip: 1 }],
      () => system.put(created!),
    );
    const sent = await operator.json('dlq', 'redrive', 'ingest', '--all');
    expect(sent.letters).toMatchObject([{ by: 'queue', event: { type: 'OrderConfirmed' }, outcome: 'done' }]);
    await cloud.idle();
    expect([await status(orderId), await system.inbox(`order#${orderId}`)]).toEqual(['confirmed', []]);
  }, 20_000);
});

it('a letter about a person goes back sealed, and can be read and put right all the same', async () => {
  const userId = system.newId('u');
  const user = { userId, email: `${userId}@example.org`, name: 'Ada' };
  await under([runFails('ingest-users')], () => system.put({ type: 'UserCreated', detail: user }));
  // The ingest fails again, so that what went back becomes a dead letter anew.
  await under([runFails('ingest-users')], () => operator.json('dlq', 'redrive', 'ingest', '--all'));
  const [{ message }] = (await letters('ingest')) as [Shown];
  const shown = await operator.json('dlq', 'show', 'ingest', message);
  expect(shown).toMatchObject({
    by: 'queue',
    envelope: { detail: user },
    body: { event: { owner: `user#${userId}` } },
  });
  expect(JSON.stringify(shown.body)).not.toMatch(/Ada|example\.org/);
  await operator.json('dlq', 'redrive', 'ingest', message, '--data', '{"name":"Grace"}');
  await cloud.idle();
  expect((await system.get(`/users/${userId}`)).body).toMatchObject({ ...user, name: 'Grace' });
}, 20_000);

describe('what project-views could not pass', () => {
  const outage = [runFails('project-views')];

  it('is looked up in the stream and taken up again', async () => {
    const orderId = system.newId('o');
    await under(outage, () => system.put(...lifecycle(orderId).slice(0, 2)));
    expect(await status(orderId)).toBe(404);
    const sent = await operator.json('dlq', 'redrive', 'views', '--all');
    expect(sent.letters[0]).toMatchObject({
      kind: 'range',
      by: 'stream',
      error: expect.stringContaining('RetryAttemptsExhausted'),
      where: expect.stringMatching(/^project-views, with \d events$/),
    });
    await cloud.idle();
    expect([await status(orderId), await counts()]).toEqual(['confirmed', {}]);
  }, 20_000);

  it('is found in the Events table when the stream has forgotten it', async () => {
    const orderId = system.newId('o');
    await under(outage, () => system.put(...lifecycle(orderId).slice(0, 2)));
    await cloud.controls.advance(25 * HOUR);
    const { out } = await operator.run('dlq', 'redrive', 'views', '--all');
    expect(out).toMatch(/done +to project-views, with 1 events of that time from the Events table\n/);
    await cloud.idle();
    expect([await status(orderId), await counts()]).toEqual(['confirmed', {}]);
  }, 20_000);
});

it('a fact that the bus did not take is published by a redrive', async () => {
  const orderId = system.newId('o');
  const refused: FaultRule = {
    ...{ fault: 'error', service: 'events', operation: 'PutEvents.Entry', code: 'MalformedDetail' },
    ...{ caller: 'orders-local-project-feed', times: 1 },
  } as const;
  await under([refused], () => system.put(lifecycle(orderId)[0]!));
  const published = () =>
    cloud.controls.trace.find(orderId).filter(({ operation }) => operation === 'PutEvents').length;
  const before = published();
  const sent = await operator.json('dlq', 'redrive', 'feed', '--stream', `order#${orderId}`);
  expect(sent.letters).toMatchObject([
    { kind: 'place', version: 1, by: 'projector', error: expect.stringContaining('MalformedDetail') },
  ]);
  await cloud.idle();
  expect([published() - before, await counts()]).toEqual([1, {}]);
}, 20_000);

it('what no rule took is put again under its type, and is the same event', async () => {
  const sku = system.newId('sku');
  const [entry] = await system.put({ type: 'Stok added', detail: { sku, quantity: 3 } });
  await cloud.idle();
  const nowhere = await operator.run('dlq', 'redrive', 'unrouted', '--all');
  expect(nowhere).toMatchObject({ code: 1, out: expect.stringContaining('no rule takes "Stok added"') });
  await operator.json('dlq', 'redrive', 'unrouted', '--all', '--type', 'StockAdded');
  await cloud.idle();
  expect(await system.stream(`inventory#${sku}`)).toMatchObject([
    { id: entry!.EventId, source: 'shop', type: 'StockAdded' },
  ]);
  expect(await counts()).toEqual({});
}, 20_000);

it('a queue with what nobody understands is shown as it is, and can be emptied', async () => {
  await system.sqs.send(new SendMessageCommand({ QueueUrl: system.outputs.RebuildDlqUrl!, MessageBody: 'hello' }));
  const [found] = (await letters('rebuild')) as [Shown];
  expect(found).toMatchObject({ kind: 'unreadable' });
  expect((await operator.run('dlq', 'show', 'rebuild', found.message)).out).toMatch(/\nas it came\nhello\n/);
  const refused = await operator.run('dlq', 'redrive', 'rebuild', found.message);
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('not a JSON object; nobody can take it') });
  await operator.json('dlq', 'discard', 'rebuild', found.message, '--yes');
  expect(await operator.run('dlq')).toMatchObject({ code: 0, out: expect.stringContaining('nothing is there') });
}, 20_000);

it('a read model that an outage has left behind catches up', async () => {
  const orderId = system.newId('o');
  await under([runFails('project-views')], () => system.put(lifecycle(orderId)[0]!));
  await operator.json('dlq', 'discard', 'views', '--all', '--yes');
  expect(await status(orderId)).toBe(404);
  const { out } = await operator.run('catch-up', '--since', '1d', '--projector', 'views');
  expect(out).toMatch(/recorded since .*\n\nsent again\nproject-views {2}1 {2}streams\n/);
  await cloud.idle();
  expect(await status(orderId)).toBe('created');
  expect((await operator.run('catch-up', '--since', '2999-01-01')).out).toContain('nothing to catch up with');
}, 20_000);
