import { LambdaClient, UpdateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { derivedId } from '../../functions/adapters/derived-id';
import { systemEffects } from '../../functions/adapters/system-effects';
import { makeExecuteCommand } from '../../functions/application/execute-command';
import { commandApp } from '../../functions/handlers/command/app';
import type { Cloud } from '../../localstack/cloud/cloud';
import { MemoryTelemetry } from '../support/memory-telemetry';
import { payloads } from '../support/orders';
import { type Answer, System } from '../support/system';

// The faults that are asked for here only a local cloud of our own can make.
delete process.env.E2E_OUTPUTS;

let system: System;
let cloud: Cloud;
beforeAll(async () => {
  system = await System.start();
  cloud = system.cloud!;
}, 60_000);
afterEach(() => cloud.controls.faults.clear());
afterAll(() => system?.stop());

const FUNCTION = 'orders-local-command-api';
const { orderId: _, ...order } = payloads.created('x');
const orderOf = (sku: string, quantity = 2) => ({ ...order, items: [{ sku, quantity, unitPrice: 1250 }] });

type Request = { readonly method?: string; readonly path: string; readonly body: object; readonly key: string };
const send = ({ method = 'POST', path, body, key }: Request): Promise<Answer> =>
  system.command(method, path, body, { 'Idempotency-Key': key });

/** All that is promised of an answer to a repeated command. */
const promised = ({ status, headers, body }: Answer) => ({
  status,
  etag: headers.get('etag'),
  location: headers.get('location'),
  type: headers.get('content-type'),
  body,
});

async function newSku(quantity: number): Promise<string> {
  const sku = system.newId('sku');
  expect((await send({ path: `/inventory/${sku}/stock`, body: { quantity }, key: sku })).status).toBe(200);
  return sku;
}

async function newOrder(sku?: string): Promise<string> {
  const orderId = system.newId('o');
  const body = { ...(sku ? orderOf(sku) : order), orderId };
  expect((await send({ path: '/orders', body, key: orderId })).status).toBe(201);
  return orderId;
}

const typesOf = async (stream: string) => (await system.stream(stream)).map(({ type }) => type);

describe('a command that is repeated a thousand times at once', () => {
  const ofThousand = async (request: Request) => {
    const answers = await Promise.all(Array.from({ length: 1000 }, () => send(request)));
    return [...new Set(answers.map((answer) => JSON.stringify(promised(answer))))].map((text) => JSON.parse(text));
  };

  it('has one effect and one answer: created, confirmed with the last of the stock, and paid', async () => {
    const sku = await newSku(2);
    const created = await ofThousand({ path: '/orders', body: orderOf(sku), key: system.newId('key') });
    expect(created).toMatchObject([{ status: 201, etag: '"1"', body: { status: 'created', version: 1 } }]);
    const { location } = created[0];
    expect(location).toBe(`/orders/${created[0].body.orderId}`);

    const confirmed = await ofThousand({ path: `${location}/confirm`, body: {}, key: system.newId('key') });
    expect(confirmed).toMatchObject([
      { status: 200, etag: '"2"', location, body: { status: 'confirmed', version: 2 } },
    ]);

    const payment = { paymentId: 'p-1', amount: 2990 };
    const paid = await ofThousand({ path: `${location}/pay`, body: payment, key: system.newId('key') });
    expect(paid).toMatchObject([{ status: 200, etag: '"3"', location, body: { status: 'paid', version: 3 } }]);

    const stream = `order#${created[0].body.orderId}`;
    expect(await typesOf(stream)).toEqual(['OrderCreated', 'OrderConfirmed', 'OrderPaid']);
    expect(await typesOf(`inventory#${sku}`)).toEqual(['StockAdded', 'StockReserved']);
    expect(await system.inbox(stream)).toEqual([]);
  }, 180_000);
});

/** A command of each kind, and what has to be there before it. */
const commands: Record<string, () => Promise<Request & { readonly stream: string; readonly event: string }>> = {
  'that creates an order': async () => {
    const orderId = system.newId('o');
    return {
      path: '/orders',
      body: { ...order, orderId },
      key: orderId,
      stream: `order#${orderId}`,
      event: 'OrderCreated',
    };
  },
  'that confirms an order and reserves the last of its stock': async () => {
    const orderId = await newOrder(await newSku(2));
    return step(orderId, 'confirm', 'OrderConfirmed');
  },
  'that cancels an order': async () => ({
    ...step(await newOrder(), 'cancel', 'OrderCancelled'),
    body: { reason: 'r' },
  }),
  'that adds stock': async () => {
    const sku = await newSku(1);
    const key = system.newId('key');
    return {
      path: `/inventory/${sku}/stock`,
      body: { quantity: 2 },
      key,
      stream: `inventory#${sku}`,
      event: 'StockAdded',
    };
  },
  'that creates a user, with a key and an address of her own': async () => {
    const userId = system.newId('u');
    const body = { userId, email: `${userId}@example.com`, name: 'Ada' };
    return { path: '/users', body, key: userId, stream: `user#${userId}`, event: 'UserCreated' };
  },
};

function step(orderId: string, name: string, event: string) {
  return { path: `/orders/${orderId}/${name}`, body: {}, key: system.newId('key'), stream: `order#${orderId}`, event };
}

/** Sends a request again until it is answered by the function; how often that took. */
async function untilAnswered(request: Request): Promise<{ answer: Answer; lost: number }> {
  for (let lost = 0; lost < 5; lost++) {
    const answer = await send(request);
    if (answer.status !== 502) return { answer, lost };
  }
  throw new Error(`no answer to ${JSON.stringify(request)}`);
}

describe('a command whose answer was lost', () => {
  const calls = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems'];

  describe.each(Object.keys(commands))('%s', (name) => {
    it.each(['crash-before', 'crash-after'] as const)(
      'has one effect and its answer, with a %s each call',
      async (fault) => {
        const died: string[] = [];
        for (const operation of calls) {
          for (let skip = 0; ; skip++) {
            const { stream, event, ...request } = await commands[name]!();
            const before = (await typesOf(stream)).filter((type) => type === event).length;
            cloud.controls.faults.plan({
              seed: 1,
              rules: [{ fault, service: 'dynamodb', operation, caller: FUNCTION, skip, times: 1 }],
            });
            const { answer, lost } = await untilAnswered(request);
            const strikes = cloud.controls.faults.report().rules[0]!.struck;
            cloud.controls.faults.clear();
            // A call that is refused has no effect to die after.
            expect(lost).toBeLessThanOrEqual(strikes);
            expect(answer.status).toBeLessThan(300);
            expect((await typesOf(stream)).filter((type) => type === event)).toHaveLength(before + 1);
            expect(promised(await send(request))).toEqual(promised(answer));
            if (strikes === 0) break;
            if (lost) died.push(operation);
          }
        }
        expect(died.some((operation) => /PutItem|TransactWriteItems/.test(operation))).toBe(true);
      },
      120_000,
    );
  });
});

describe('commands that come in between', () => {
  it('do not change the answer to one that is repeated, nor does a snapshot', async () => {
    const userId = system.newId('u');
    const rename = (n: number) => ({
      method: 'PATCH',
      path: `/users/${userId}`,
      body: { name: `Ada ${n}` },
      key: `k-${n}`,
    });
    const user = { path: '/users', body: { userId, email: `${userId}@example.com`, name: 'Ada' }, key: 'k-1' };
    const requests = [user, ...Array.from({ length: 59 }, (_, n) => rename(n + 2))];
    const answers: Answer[] = [];
    for (const request of requests) answers.push(await send(request));
    for (const n of [1, 2, 30, 49, 50, 51, 60]) {
      const again = await send(requests[n - 1]!);
      expect(promised(again)).toEqual(promised(answers[n - 1]!));
      expect(promised(again)).toMatchObject({
        etag: `"${n}"`,
        body: { version: n, name: n === 1 ? 'Ada' : `Ada ${n}` },
      });
    }
    expect(await system.stream(`user#${userId}`)).toHaveLength(60);
  }, 60_000);

  it('do not change the answer to one whose first answer was lost', async () => {
    const orderId = await newOrder();
    const { stream: _, event: __, ...confirm } = step(orderId, 'confirm', 'OrderConfirmed');
    const rule = {
      fault: 'crash-after',
      service: 'lambda',
      operation: 'Invocation',
      target: FUNCTION,
      times: 1,
    } as const;
    cloud.controls.faults.plan({ seed: 1, rules: [rule] });
    expect((await send(confirm)).status).toBe(502);
    await send({ path: `/orders/${orderId}/pay`, body: { paymentId: 'p', amount: 2990 }, key: 'other' });
    const cancelled = await send({ path: `/orders/${orderId}/cancel`, body: { reason: 'r' }, key: 'another' });
    expect(cancelled.body).toMatchObject({ status: 'cancelled', version: 4 });
    const again = await send(confirm);
    expect(promised(again)).toMatchObject({ status: 200, etag: '"2"', body: { status: 'confirmed', version: 2 } });
  });
});

describe('a refused command', () => {
  const recorded = async (orderId: string) =>
    (await system.inbox(`order#${orderId}`)).map(({ at, ...item }) => {
      expect(Math.abs(Date.parse(at) - cloud.clock.now())).toBeLessThan(60_000);
      return item;
    });

  it('is recorded with who, what, when and why', async () => {
    const orderId = await newOrder();
    const key = system.newId('key');
    const refused = await send({ path: `/orders/${orderId}/ship`, body: { carrier: 'dhl' }, key });
    expect(refused).toMatchObject({ status: 409, body: { version: 1 } });
    expect(await recorded(orderId)).toMatchObject([
      {
        state: 'refused',
        type: 'OrderShipped',
        source: 'orderstream/commands',
        reason: refused.body.detail,
        event: {
          type: 'OrderShipped',
          data: { orderId, carrier: 'dhl' },
          metadata: { commandId: key },
          by: { principal: 'anonymous', sourceIp: '127.0.0.1' },
        },
      },
    ]);
    await send({ path: `/orders/${orderId}/ship`, body: { carrier: 'dhl' }, key });
    expect(await recorded(orderId)).toHaveLength(1);
  });

  it('for want of stock, too, and whatever dies on the way', async () => {
    for (const fault of ['crash-before', 'crash-after'] as const) {
      for (const operation of ['Query', 'TransactWriteItems']) {
        const orderId = await newOrder(await newSku(1));
        const rule = { fault, service: 'dynamodb', operation, caller: FUNCTION, skip: 1, times: 1 };
        cloud.controls.faults.plan({ seed: 1, rules: [rule] });
        const { answer, lost } = await untilAnswered(step(orderId, 'confirm', 'OrderConfirmed'));
        expect([lost, answer.status, answer.body.type]).toEqual([
          1,
          409,
          expect.stringContaining('insufficient-stock'),
        ]);
        expect(await recorded(orderId)).toMatchObject([
          { state: 'refused', problems: [{ value: 2, expected: 'at most 1' }] },
        ]);
        expect(await typesOf(`order#${orderId}`)).toEqual(['OrderCreated']);
      }
    }
  });

  it('has used a key that belongs to another command', async () => {
    const orderId = await newOrder();
    for (const [path, body] of [
      ['/orders', { ...order, orderId, currency: 'USD' }],
      [`/orders/${orderId}/confirm`, {}],
    ] as const) {
      const answer = await send({ path, body, key: orderId });
      expect(answer).toMatchObject({ status: 422, body: { problems: [{ field: 'Idempotency-Key' }] } });
    }
    expect(await typesOf(`order#${orderId}`)).toEqual(['OrderCreated']);
  });

  it('was meant for another version: the answer tells the one that stands', async () => {
    const orderId = await newOrder();
    const confirmIf = (version: number, key: string) =>
      system.command('POST', `/orders/${orderId}/confirm`, {}, { 'If-Match': `"${version}"`, 'Idempotency-Key': key });
    const stale = await confirmIf(2, 'a');
    expect([stale.status, stale.headers.get('etag'), stale.body.version]).toEqual([412, '"1"', 1]);
    expect((await confirmIf(1, 'b')).status).toBe(200);
    expect(promised(await confirmIf(1, 'b'))).toMatchObject({ status: 200, etag: '"2"' });
    expect(await recorded(orderId)).toMatchObject([{ state: 'refused', event: { onVersions: [2] } }]);
  });
});

describe('a command that loses every race', () => {
  it('is told to try again after a bounded number of tries, and nothing has happened', async () => {
    const orderId = await newOrder();
    const rule = { fault: 'error', service: 'dynamodb', operation: 'PutItem', caller: FUNCTION } as const;
    const lost = { ...rule, code: 'ConditionalCheckFailedException', status: 400 };
    cloud.controls.faults.plan({ seed: 1, rules: [lost] });
    const { stream, event: _, ...cancel } = { ...step(orderId, 'cancel', 'OrderCancelled'), body: { reason: 'r' } };
    const answer = await send(cancel);
    expect(promised(answer)).toMatchObject({ status: 409, body: { type: 'urn:problem-type:orderstream:busy' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(cloud.controls.faults.report().rules[0]!.struck).toBe(10);
    expect([await typesOf(stream), await system.inbox(stream)]).toEqual([['OrderCreated'], []]);
    cloud.controls.faults.clear();
    expect((await send(cancel)).status).toBe(200);
  });
});

describe('a call of the function that was done, and whose answer was lost on its way back', () => {
  it('is found done when it is tried again', async () => {
    const { EventsTableName, InboxTableName, KeysTableName, OrderBusName } = system.outputs;
    Object.assign(process.env, {
      ...{
        EVENTS_TABLE: EventsTableName,
        INBOX_TABLE: InboxTableName,
        KEYS_TABLE: KeysTableName,
        ORDER_BUS: OrderBusName,
      },
      ...{ AWS_ENDPOINT_URL: system.endpoint, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    });
    // In this process, which loses its connection where a function would lose its environment.
    const { eventBus, eventStore, inbox, line, planner } = await import('../../functions/composition');
    const ports = { events: eventStore(), planner: planner(), line: line(), inbox: inbox(), effects: systemEffects };
    const telemetry = new MemoryTelemetry();
    const execute = makeExecuteCommand(ports);
    const app = commandApp({ execute, bus: eventBus(), telemetry, effects: systemEffects, derivedId });

    const [confirmable, cancellable] = [await newOrder(await newSku(2)), await newOrder()];
    const shippable = await newOrder();
    for (const [operation, path, body, status, version] of [
      ['PutItem', '/orders', { ...order, orderId: system.newId('o') }, 201, 1],
      ['TransactWriteItems', `/orders/${confirmable}/confirm`, {}, 200, 2],
      ['Query', `/orders/${cancellable}/cancel`, { reason: 'r' }, 200, 2],
      ['PutItem', `/orders/${shippable}/ship`, {}, 409, 1],
    ] as const) {
      const skip = operation === 'TransactWriteItems' ? 1 : 0;
      cloud.controls.faults.plan({
        seed: 1,
        rules: [{ fault: 'crash-after', service: 'dynamodb', operation, caller: 'root', skip, times: 1 }],
      });
      const headers = { 'content-type': 'application/json', 'Idempotency-Key': system.newId('key') };
      const answer = await app.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(cloud.controls.faults.report().rules[0]!.struck).toBe(1);
      cloud.controls.faults.clear();
      expect([operation, answer.status, answer.headers.get('etag')]).toEqual([operation, status, `"${version}"`]);
    }
    expect(await typesOf(`order#${confirmable}`)).toEqual(['OrderCreated', 'OrderConfirmed']);
    expect(await system.inbox(`order#${shippable}`)).toMatchObject([{ state: 'refused' }]);
  });
});

describe('where callers have to sign', () => {
  it('a refusal is recorded with the principal that signed', async () => {
    const client = new LambdaClient({
      ...{
        endpoint: system.endpoint!,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      },
    });
    await client.send(new UpdateFunctionUrlConfigCommand({ FunctionName: FUNCTION, AuthType: 'AWS_IAM' }));
    try {
      const orderId = system.newId('o');
      const url = new URL(`${system.outputs.CommandUrl}orders/${orderId}/confirm`);
      const unsigned = await system.command('POST', `/orders/${orderId}/confirm`, {});
      expect(unsigned.status).toBe(403);
      const signer = await client.config.signer({
        name: 'sigv4',
        signingName: 'lambda',
        signingRegion: 'us-east-1',
      } as never);
      const { headers } = await signer.sign({
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        port: Number(url.port),
        path: url.pathname,
        query: {},
        headers: { host: url.host },
      } as never);
      const answer = await fetch(url, { method: 'POST', headers });
      expect([answer.status, await answer.text()]).toEqual([404, expect.any(String)]);
      expect(await system.inbox(`order#${orderId}`)).toMatchObject([
        { state: 'refused', event: { by: { principal: 'arn:aws:iam::000000000000:root' } } },
      ]);
    } finally {
      await client.send(new UpdateFunctionUrlConfigCommand({ FunctionName: FUNCTION, AuthType: 'NONE' }));
      client.destroy();
    }
  });
});
