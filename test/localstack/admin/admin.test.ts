import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';

const START = Date.UTC(2026, 0, 1);

let cloud: Cloud;
let dynamodb: DynamoDBClient;
let sqs: SQSClient;
const dirs: string[] = [];

async function open(options: { dir?: string; running?: boolean } = {}): Promise<void> {
  const clock = options.running ? undefined : new Clock({ manual: true, startAt: START });
  cloud = await startCloud({ port: 0, ...(clock ? { clock } : {}), ...(options.dir ? { dir: options.dir } : {}) });
  const settings = {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  dynamodb = new DynamoDBClient(settings);
  sqs = new SQSClient(settings);
}

async function close(): Promise<void> {
  dynamodb.destroy();
  sqs.destroy();
  await cloud.stop();
}

beforeEach(() => open());
afterEach(async () => {
  await close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: whatever the admin API answers; the tests say what that is.
async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${cloud.endpoint}/_cloud/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type') === 'application/json';
  return { status: answer.status, body: isJson ? JSON.parse(text) : text };
}

const table = () =>
  dynamodb.send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
const put = (id: string) => dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }));
const has = async (id: string) =>
  (await dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: id } } }))).Item !== undefined;

describe('/_cloud/clock', () => {
  it('moves on by a duration, and what is due on the way happens in order', async () => {
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: 'q', Attributes: { MessageRetentionPeriod: '86400' } }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late', DelaySeconds: 900 }));
    const moved = await ask('POST', 'clock?advance=15m');
    expect(moved).toMatchObject({ status: 200, body: { advancedMs: 900_000, now: '2026-01-01T00:15:00.000Z' } });
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toMatchObject([{ Body: 'late' }]);
    await ask('POST', 'clock', { advance: '25h' });
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
  });

  it('moves to a time, but never back', async () => {
    expect(await ask('POST', 'clock', { to: '2026-02-01T00:00:00Z' })).toMatchObject({ status: 200 });
    expect(cloud.clock.now()).toBe(Date.UTC(2026, 1, 1));
    const back = await ask('POST', 'clock', { to: '2026-01-01T00:00:00Z' });
    expect(back.status).toBe(400);
    expect(back.body.error).toContain('time only goes forward');
  });

  it.each([[{}], [{ advance: 'soon' }], [{ advance: -1 }], [{ to: 'tomorrow' }]])(
    'refuses %j with an example',
    async (body) => {
      const { status, body: answer } = await ask('POST', 'clock', body);
      expect(status).toBe(400);
      expect(answer.error).toMatch(/give (e\.g\. "25h"|a time)/);
    },
  );

  it('stays advanced when the cloud starts again', async () => {
    await close();
    const dir = mkdtempSync(join(tmpdir(), 'cloud-'));
    dirs.push(dir);
    await open({ dir, running: true });
    await ask('POST', 'clock', { advance: '48h' });
    await close();
    await open({ dir, running: true });
    expect(cloud.clock.now() - Date.now()).toBeGreaterThan(47.9 * 3_600_000);
  });
});

describe('/_cloud/faults', () => {
  it('strikes at the calls that a rule names, as the service itself would fail', async () => {
    await table();
    const plan = await ask('PUT', 'faults', {
      seed: 1,
      rules: [{ fault: 'throttle', service: 'dynamodb', operation: 'PutItem', target: 'orders', times: 1 }],
    });
    expect(plan.status).toBe(200);
    await expect(put('a')).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await put('a');
    expect((await ask('GET', 'faults')).body.rules).toMatchObject([{ seen: 2, struck: 1 }]);
    expect((await ask('DELETE', 'faults')).body).toEqual({ seed: 0, rules: [] });
  });

  it('fails with an error by name', async () => {
    await table();
    await ask('PUT', 'faults', {
      rules: [
        { fault: 'error', service: 'dynamodb', operation: 'PutItem', code: 'LimitExceededException', message: 'no' },
      ],
    });
    await expect(put('a')).rejects.toMatchObject({ name: 'LimitExceededException', message: 'no' });
  });

  it('loses the connection before the effect, or after it', async () => {
    await table();
    const crash = (fault: string) =>
      ask('PUT', 'faults', { rules: [{ fault, service: 'dynamodb', operation: 'PutItem' }] });
    await crash('crash-before');
    await expect(put('before')).rejects.toThrow();
    await crash('crash-after');
    await expect(put('after')).rejects.toThrow();
    expect([await has('before'), await has('after')]).toEqual([false, true]);
  });

  it('answers late, by the clock of the cloud', async () => {
    await table();
    await ask('PUT', 'faults', { rules: [{ fault: 'latency', service: 'dynamodb', operation: 'PutItem', ms: '5s' }] });
    let answered = false;
    const late = put('a').then(() => {
      answered = true;
    });
    while (!(await ask('GET', 'clock')).body.next.some(({ what }: { what: string }) => what.includes('is late')));
    expect(answered).toBe(false);
    await ask('POST', 'clock?advance=5s');
    await late;
  });

  it.each<[string, object, string]>([
    ['no rules', {}, 'rules is missing'],
    ['an unknown fault', { rules: [{ fault: 'boom', service: 'sqs' }] }, 'rules[0].fault is "boom"; give one of error'],
    ['an unknown service', { rules: [{ fault: 'error', service: 'kafka' }] }, 'there are iam, sts'],
    [
      'a misspelt operation',
      { rules: [{ fault: 'error', service: 'dynamodb', operation: 'PutItme' }] },
      'does not have',
    ],
    [
      'a misspelt member',
      { rules: [{ fault: 'error', service: 'sqs', probability: 1 }] },
      'unknown member probability',
    ],
    ['a share above one', { rules: [{ fault: 'error', service: 'sqs', rate: 10 }] }, 'rate is 10; give a share'],
    [
      'what the fault would ignore',
      { rules: [{ fault: 'crash-after', service: 'sqs', ms: 5 }] },
      'it goes with latency',
    ],
    ['latency without a time', { rules: [{ fault: 'latency', service: 'sqs' }] }, 'ms is missing'],
    [
      'what cannot happen there',
      { rules: [{ fault: 'duplicate', service: 'dynamodb', operation: 'PutItem' }] },
      'cannot happen at dynamodb:PutItem',
    ],
  ])('refuses %s', async (_, plan, message) => {
    const { status, body } = await ask('PUT', 'faults', plan);
    expect(status).toBe(400);
    expect(body.error).toContain(message);
  });
});

describe('/_cloud/trace', () => {
  it('shows each call with its time and outcome', async () => {
    await table();
    await put('o-1');
    await expect(dynamodb.send(new GetItemCommand({ TableName: 'none', Key: { id: { S: 'o-1' } } }))).rejects.toThrow();
    const { body } = await ask('GET', 'trace?order=o-1');
    expect(body.hops).toMatchObject([
      { service: 'dynamodb', operation: 'PutItem', by: 'root', outcome: 'ok', ms: 0, causes: [] },
      { operation: 'GetItem', outcome: 'ResourceNotFoundException' },
    ]);
    expect(body.hops[0].target).toMatch(/table\/orders$/);
  });

  it('shows it as a tree for people', async () => {
    await table();
    await put('o-1');
    expect((await ask('GET', 'trace?about=o-1&format=text')).body).toMatch(
      /dynamodb:PutItem table\/orders {2}\(root\) +ok\n$/,
    );
  });

  it('refuses what it does not know', async () => {
    expect((await ask('GET', 'trace?orderr=o-1')).body.error).toContain('unknown parameter orderr');
    expect((await ask('GET', 'trace?order=')).status).toBe(400);
  });
});

describe('/_cloud/snapshot', () => {
  it('goes back to a state: what was written since is gone, what was removed is there, and the time is the old one', async () => {
    await table();
    await put('before');
    expect((await ask('POST', 'snapshot/one')).body.taken).toEqual({
      name: 'one',
      takenAt: '2026-01-01T00:00:00.000Z',
      aheadMs: expect.any(Number),
    });
    await put('after');
    await sqs.send(new CreateQueueCommand({ QueueName: 'new' }));
    await ask('POST', 'clock?advance=3h');
    expect((await ask('POST', 'snapshot/one/restore')).status).toBe(200);
    expect([await has('before'), await has('after')]).toEqual([true, false]);
    expect(cloud.clock.now()).toBe(START);
    await expect(
      sqs.send(new SendMessageCommand({ QueueUrl: `${cloud.endpoint}/000000000000/new`, MessageBody: 'x' })),
    ).rejects.toThrow();
  });

  it('can be restored again and again, also after a restart', async () => {
    await close();
    const dir = mkdtempSync(join(tmpdir(), 'cloud-'));
    dirs.push(dir);
    await open({ dir });
    await table();
    await ask('POST', 'snapshot/empty');
    for (const id of ['a', 'b']) {
      await put(id);
      await ask('POST', 'snapshot/empty/restore');
      expect(await has(id)).toBe(false);
    }
    await put('c');
    await close();
    await open({ dir });
    expect(await has('c')).toBe(true);
    await ask('POST', 'snapshot/empty/restore');
    expect(await has('c')).toBe(false);
    expect((await ask('GET', 'snapshot')).body.snapshots).toMatchObject([{ name: 'empty' }]);
    expect((await ask('DELETE', 'snapshot/empty')).status).toBe(200);
    expect((await ask('GET', 'snapshot')).body.snapshots).toEqual([]);
  });

  it('names the snapshots that there are when another is asked for', async () => {
    await ask('POST', 'snapshot/one');
    expect(await ask('POST', 'snapshot/two/restore')).toMatchObject({
      status: 404,
      body: { error: 'no snapshot "two"; there are one' },
    });
    expect((await ask('POST', 'snapshot/..%2Fone')).status).toBe(400);
  });
});

describe('/_cloud/reset', () => {
  it('empties what is deployed, and leaves it there', async () => {
    await table();
    await put('a');
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    expect(await ask('POST', 'reset')).toMatchObject({ status: 200, body: { reset: 'data' } });
    expect(cloud.controls.trace.latest(1)).toEqual([]);
    expect(await has('a')).toBe(false);
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
    await put('b');
    expect(await has('b')).toBe(true);
  });

  it('leaves nothing at all when everything is asked for', async () => {
    await table();
    await ask('POST', 'reset?everything=true');
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    await table();
  });
});

it('says what there is for anything else', async () => {
  expect(await ask('GET', 'clocks')).toMatchObject({ status: 404 });
  expect((await ask('GET', 'clocks')).body.error).toContain('/_cloud/clock,');
});
