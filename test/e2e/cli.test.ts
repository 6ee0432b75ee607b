import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Operator } from '../support/operator';
import { lifecycle, payloads } from '../support/orders';
import { System } from '../support/system';

let system: System;
let operator: Operator;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'orderstream-cli-'));
  system = await System.start();
  operator = new Operator(system);
}, 60_000);
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await system?.stop();
});

const settled = () => system.settled(async () => {});
const put = async (type: string, data: object, ...options: string[]) =>
  operator.json('put', '--type', type, '--data', JSON.stringify(data), ...options);

/** An order of so many steps, each put when the one before it has been taken. */
async function orderOf(steps: number): Promise<string> {
  const orderId = system.newId('o');
  await system.put(...lifecycle(orderId).slice(0, steps));
  await system.settled(async () => expect((await system.get(`/orders/${orderId}`)).body.version).toBe(steps));
  return orderId;
}

describe('npx orderstream', () => {
  it('runs from a clone, and asks no registry for it', async () => {
    const env = { npm_config_cache: dir, npm_config_registry: 'http://127.0.0.1:9' };
    const { code, out } = await operator.program('npx', ['orderstream', '--help'], env);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('orderstream <command> [options]') });
  }, 20_000);

  it('says which stack it has not found, and what deploys it', async () => {
    const nowhere = await operator.process(['parked', '--stage', 'nowhere']);
    expect(nowhere).toMatchObject({ code: 1, out: '' });
    expect(nowhere.error).toContain('there is no stack Orders-nowhere-Data');
    expect(nowhere.error).toContain('npx cdk deploy --all -c stage=nowhere');
  });
});

describe('orderstream put', () => {
  it('puts an event and answers with its id', async () => {
    const orderId = system.newId('o');
    const { code, out } = await operator.process(
      ['put', '--type', 'order.placed', '--source', 'till', '--id', `${orderId}-1`],
      JSON.stringify(payloads.created(orderId)),
    );
    expect({ code, out }).toEqual({ code: 0, out: `${orderId}-1\n` });
    const file = join(dir, 'confirmed.json');
    writeFileSync(file, JSON.stringify(payloads.confirmed(orderId)));
    expect(await operator.json('put', '--type', 'OrderConfirmed', '--file', file)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      source: 'operator',
      type: 'OrderConfirmed',
      time: expect.any(String),
      stream: `order#${orderId}`,
    });
    await settled();
    expect((await system.stream(`order#${orderId}`)).map(({ type, source }) => [type, source])).toEqual([
      ['OrderCreated', 'till'],
      ['OrderConfirmed', 'operator'],
    ]);
  });

  it('refuses what would be rejected, and puts it when that is wanted', async () => {
    const orderId = system.newId('o');
    const args = [
      'put',
      '--type',
      'OrderPaid',
      '--id',
      `${orderId}-1`,
      '--data',
      JSON.stringify({ orderId, amount: -1 }),
    ];
    const refused = await operator.run(...args);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.error).toMatch(/would be rejected: not a valid OrderPaid.*\n {2}paymentId +is missing .*expected/);
    expect((await operator.run(...args, '--unchecked')).code).toBe(0);
    await settled();
    expect((await system.inbox(`order#${orderId}`)).map(({ state, id }) => [state, id])).toEqual([
      ['rejected', `${orderId}-1`],
    ]);
  });
});

describe('orderstream order', () => {
  it('shows an order, now and in the past', async () => {
    const orderId = await orderOf(3);
    const { code, out } = await operator.run('order', orderId);
    expect(code).toBe(0);
    expect(out).toMatch(/^order +o-.*\nstatus +paid\nversion +3\nuser +u-1\ntotal +29\.90 EUR, shipping 4\.90 EUR\n/);
    expect(out).toMatch(/^mug +2 +12\.50 EUR +25\.00 EUR$/m);
    expect(await operator.json('order', orderId)).toMatchObject({ orderId, status: 'paid', version: 3, total: 2990 });
    expect(await operator.json('order', orderId, '--at', '1')).toMatchObject({ status: 'created', version: 1 });
    const [, , { recordedAt }] = (await system.stream(`order#${orderId}`)) as [object, object, { recordedAt: string }];
    const before = new Date(Date.parse(recordedAt) - 1).toISOString();
    expect(await operator.json('order', orderId, '--at', recordedAt)).toMatchObject({ version: 3 });
    expect((await operator.json('order', orderId, '--at', before)).version).toBeLessThan(3);
  });

  it('says what there is instead of what is not there', async () => {
    const orderId = await orderOf(1);
    const far = await operator.run('order', orderId, '--at', '7');
    expect(far).toEqual({ code: 1, out: '', error: `orderstream: order ${orderId} has only 1 versions\n` });
    const nowhere = await operator.run('order', 'o-nowhere');
    expect(nowhere).toMatchObject({ code: 1, error: expect.stringContaining("parked --stream 'order#o-nowhere'") });
  });
});

describe('orderstream events', () => {
  it('lists them by stream, by type and by correlation', async () => {
    const orderId = await orderOf(3);
    const stream = `order#${orderId}`;
    const first = await operator.json('events', '--stream', stream, '--limit', '2');
    expect(first).toMatchObject({ items: [{ version: 1 }, { version: 2 }], cursor: '2' });
    const rest = await operator.json('events', '--stream', stream, '--after', first.cursor);
    expect(rest).toEqual({ items: [expect.objectContaining({ version: 3, type: 'OrderPaid', stream })] });
    const { correlationId } = rest.items[0];
    const story = await operator.json('events', '--correlation', correlationId);
    expect(story.items.map(({ version }: { version: number }) => version)).toEqual([1, 2, 3]);
    const [paid] = (await operator.json('events', '--type', 'PaymentProcessed', '--limit', '1')).items;
    expect(paid).toMatchObject({ stream, type: 'OrderPaid' });
    const { out } = await operator.run('events', '--limit', '1');
    expect(out).toMatch(
      /^recorded +stream +version +type +source +id\n.* {2}order#o-.* 3 {2}OrderPaid +shop .*\n\nthere are more: --after '.*'\n$/,
    );
  });
});

describe('what came and is not in a stream', () => {
  it('is listed while it waits', async () => {
    const orderId = system.newId('o');
    await put('OrderPaid', payloads.paid(orderId), '--id', `${orderId}-paid`);
    await settled();
    const { items } = await operator.json('parked', '--stream', `order#${orderId}`, '--since', '1h');
    expect(items).toEqual([expect.objectContaining({ id: `${orderId}-paid`, state: 'parked', dueAtVersion: 2 })]);
    const { out } = await operator.run('parked', '--limit', '1');
    expect(out).toContain(`OrderPaid  operator  ${orderId}-paid  version 2`);
    expect(await operator.json('parked', '--stream', `order#${orderId}`, '--since', '2999-01-01')).toEqual({
      items: [],
      more: false,
    });
    expect(await operator.json('parked', 'show', `${orderId}-paid`)).toMatchObject({ reason: expect.any(String) });
  });

  it('is shown with its reason, put right, and then taken', async () => {
    const orderId = await orderOf(2);
    await put('OrderPaid', payloads.paid(orderId, 25), '--id', `${orderId}-paid`);
    await settled();
    const { items } = await operator.json('rejected', '--limit', '1');
    expect(items).toEqual([expect.objectContaining({ id: `${orderId}-paid`, stream: `order#${orderId}` })]);
    const { out } = await operator.run('rejected', 'show', `${orderId}-paid`);
    expect(out).toMatch(/problems\n {2}amount +is 25 +expected: 2990/);
    expect(out).toMatch(/as it came\n\{\n {2}"version": "0",/);

    const wrong = await operator.run('rejected', 'fix', `${orderId}-paid`, '--data', '{"amount":"much"}');
    expect(wrong).toMatchObject({ code: 1, error: expect.stringContaining('still wrong') });
    // Well-formed, so it is sent; and rejected again, for what it says now.
    await operator.json('rejected', 'fix', `${orderId}-paid`, '--data', '{"amount":26}');
    await settled();
    expect(await operator.json('rejected', 'show', `${orderId}-paid`)).toMatchObject({ problems: [{ value: 26 }] });
    expect(await operator.json('rejected', 'fix', `${orderId}-paid`, '--data', '{"amount":2990}')).toMatchObject({
      sent: { id: `${orderId}-paid`, ingest: 'order', event: { detail: { data: { orderId, amount: 2990 } } } },
    });
    await settled();
    expect(await operator.json('rejected', '--stream', `order#${orderId}`)).toMatchObject({ items: [] });
    expect(await operator.json('order', orderId)).toMatchObject({ status: 'paid' });
  });

  it('is decided again when its reason has gone', async () => {
    const sku = system.newId('sku');
    const orderId = system.newId('o');
    await put('StockAdded', { sku, quantity: 1 });
    await put('OrderCreated', { ...payloads.created(orderId), items: [{ sku, quantity: 2, unitPrice: 100 }] });
    await settled();
    await put('OrderConfirmed', { orderId }, '--id', `${orderId}-confirmed`);
    await settled();
    await operator.json('rejected', 'retry', `${orderId}-confirmed`);
    await settled();
    expect((await operator.json('rejected', '--stream', `order#${orderId}`)).items).toHaveLength(1);
    await put('StockAdded', { sku, quantity: 1 });
    await settled();
    const { code, out } = await operator.run('rejected', 'retry', `${orderId}-confirmed`);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('sent to be decided anew: OrderConfirmed') });
    await settled();
    expect((await operator.json('rejected', '--stream', `order#${orderId}`)).items).toEqual([]);
    expect(await operator.json('order', orderId)).toMatchObject({ status: 'confirmed' });
  });

  it('is told apart where ids are the same, and discarded only for sure', async () => {
    const id = system.newId('e');
    const [one, other] = [await orderOf(2), await orderOf(2)];
    for (const orderId of [one, other]) await put('OrderPaid', payloads.paid(orderId, 1), '--id', id);
    await settled();
    const either = await operator.run('rejected', 'show', id);
    expect(either).toMatchObject({ code: 1, error: expect.stringContaining(`2 have the id ${id}; say which by`) });
    expect(either.error).toContain(`order#${one}`);
    const which = [id, '--stream', `order#${one}`, '--source', 'operator'];
    const unsure = await operator.run('rejected', 'discard', ...which);
    expect(unsure).toMatchObject({ code: 2, error: expect.stringContaining('if you mean it, say --yes') });
    expect(await operator.json('rejected', 'show', id, '--stream', `order#${one}`)).toMatchObject({ id });
    expect(await operator.json('rejected', 'discard', ...which, '--yes')).toMatchObject({ discarded: { id } });
    expect(await operator.json('rejected', 'show', id)).toMatchObject({ stream: `order#${other}` });
    const gone = await operator.run('rejected', 'show', ...which);
    expect(gone).toMatchObject({ code: 1, error: expect.stringContaining('orderstream rejected lists what there is') });
  });

  it('of a command says who wanted what', async () => {
    const orderId = await orderOf(1);
    expect((await system.command('POST', `/orders/${orderId}/ship`, {})).status).toBe(409);
    const { items } = await operator.json('refused', '--stream', `order#${orderId}`);
    expect(items).toEqual([expect.objectContaining({ state: 'refused', reason: expect.any(String) })]);
    expect((await operator.run('refused', 'show', items[0].id)).out).toContain(items[0].reason);
  });

  it('of a person can be read and put right as long as their key is there, and not a moment longer', async () => {
    const userId = system.newId('u');
    const email = `${userId}@example.org`;
    await put('UserCreated', { userId, email, name: 'Ada' });
    await settled();
    await put('UserUpdated', { userId, name: 7 }, '--id', `${userId}-2`, '--unchecked');
    await put('UserUpdated', { userId, email: 'nobody' }, '--id', `${userId}-3`, '--unchecked');
    await settled();
    expect(await operator.json('rejected', 'show', `${userId}-2`)).toMatchObject({
      event: { detail: { data: { userId, name: 7 } } },
      problems: [{ field: 'name', value: 7 }],
    });
    await operator.json('rejected', 'fix', `${userId}-2`, '--data', '{"name":"Grace"}');
    await settled();
    expect((await operator.json('events', '--stream', `user#${userId}`)).items).toMatchObject([
      { data: { email, name: 'Ada' } },
      { data: { name: 'Grace' } },
    ]);
    await put('UserDeleted', { userId });
    await settled();
    expect((await operator.run('rejected', 'show', `${userId}-3`)).out).not.toContain('nobody');
    const late = await operator.run('rejected', 'fix', `${userId}-3`, '--data', '{"email":"a@b.example"}');
    expect(late).toMatchObject({
      code: 1,
      error: expect.stringContaining(`the key of user#${userId} has been destroyed`),
    });
    expect(await operator.json('verify', `user#${userId}`)).toMatchObject({ ok: true, head: { version: 3 } });
  });
});

// It damages the table: never that of somebody else's deployment.
const describeOnItsOwnCloud = process.env.E2E_OUTPUTS ? describe.skip : describe;

describeOnItsOwnCloud('orderstream verify', () => {
  const key = (orderId: string, version: number) => marshall({ stream: `order#${orderId}`, version });
  const table = () => ({ TableName: system.outputs.EventsTableName! });

  it('finds every chain whole, and shows the head of one', async () => {
    const orderId = await orderOf(2);
    const { code, out, error } = await operator.process(['verify']);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^[\d,]+ events of \d+ streams: every chain holds\n$/);
    const [, last] = await system.stream(`order#${orderId}`);
    expect(await operator.json('verify', `order#${orderId}`)).toEqual({
      ok: true,
      stream: `order#${orderId}`,
      head: { version: 2, hash: last!.hash },
      findings: [],
    });
    expect(await operator.run('verify', 'order#nowhere')).toMatchObject({
      code: 1,
      error: expect.stringContaining('has no events'),
    });
  });

  it('names the first event of a stream that was changed, removed or put elsewhere', async () => {
    const [changed, removed, cut, gone, swapped, odd] = await Promise.all([3, 3, 3, 2, 3, 2].map(orderOf));
    await system.dynamodb.send(
      new UpdateItemCommand({
        ...table(),
        Key: key(changed!, 2),
        UpdateExpression: 'SET #data.#paid = :paid',
        ExpressionAttributeNames: { '#data': 'data', '#paid': 'paid' },
        ExpressionAttributeValues: { ':paid': { BOOL: true } },
      }),
    );
    const places = [
      [removed!, 2],
      [cut!, 3],
      [gone!, 1],
      [gone!, 2],
    ] as const;
    for (const [orderId, version] of places)
      await system.dynamodb.send(new DeleteItemCommand({ ...table(), Key: key(orderId, version) }));
    const [, second, third] = await system.stream(`order#${swapped}`);
    for (const [event, version] of [
      [third, 2],
      [second, 3],
    ] as const)
      await system.dynamodb.send(
        new PutItemCommand({ ...table(), Item: marshall({ ...event, version }, { removeUndefinedValues: true }) }),
      );
    await system.dynamodb.send(
      new UpdateItemCommand({
        ...table(),
        Key: key(odd!, 1),
        UpdateExpression: 'SET #note = :note',
        ExpressionAttributeNames: { '#note': 'note' },
        ExpressionAttributeValues: { ':note': { SS: ['a'] } },
      }),
    );
    await settled();

    const { code, out } = await operator.run('verify', '--json');
    expect(code).toBe(1);
    const { ok, findings } = JSON.parse(out);
    const found = (orderId: string, version: number, kind: string) =>
      expect.objectContaining({ stream: `order#${orderId}`, version, kind });
    const expected = [
      found(changed!, 2, 'changed'),
      found(removed!, 2, 'missing'),
      found(cut!, 3, 'missing'),
      found(gone!, 1, 'missing'),
      found(swapped!, 2, 'changed'),
      found(odd!, 1, 'changed'),
    ];
    expect(ok).toBe(false);
    expect(findings).toHaveLength(expected.length);
    expect(findings).toEqual(expect.arrayContaining(expected));

    const one = await operator.run('verify', `order#${cut}`);
    expect(one.code).toBe(1);
    expect(one.out).toMatch(/ 3 {2}missing {2}read models know version 3, the stream ends at version 2\n$/);
  });
});
