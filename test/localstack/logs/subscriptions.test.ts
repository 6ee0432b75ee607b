import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, roleArn } from '../kms/key-cloud';
import { zip } from '../lambda/lambda-bench';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  await cloud.role('run', { Effect: 'Allow', Action: 'logs:*', Resource: '*' });
});
afterAll(() => cloud.stop());

const logs = (operation: string, input: object = {}) => cloud.call('logs', operation, input);
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
const now = Date.UTC(2026, 0, 1);

const SOURCE = 'exports.handler = async (event) => { console.log("GOT " + event.awslogs.data); };';

/** A function whose log has the events that it gets, one line each. */
async function listener(FunctionName: string): Promise<void> {
  await cloud.call('lambda', 'CreateFunction', {
    FunctionName,
    Role: roleArn('run'),
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: zip({ 'index.js': SOURCE }) },
  });
}
const permit = (FunctionName: string, logGroupName: string) =>
  cloud.call('lambda', 'AddPermission', {
    FunctionName,
    StatementId: 'logs',
    Action: 'lambda:InvokeFunction',
    Principal: 'logs.amazonaws.com',
    SourceArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${logGroupName}:*`,
  });
const subscribe = (logGroupName: string, to: string, filterPattern = '', filterName = 'all') =>
  logs('PutSubscriptionFilter', { logGroupName, filterName, filterPattern, destinationArn: functionArn(to) });
async function group(logGroupName: string): Promise<void> {
  await logs('CreateLogGroup', { logGroupName });
  await logs('CreateLogStream', { logGroupName, logStreamName: 's' });
}
const write = (logGroupName: string, ...messages: string[]) =>
  logs('PutLogEvents', {
    logGroupName,
    logStreamName: 's',
    logEvents: messages.map((message) => ({ timestamp: now, message })),
  });

type Data = { readonly logEvents: readonly { readonly id: string; readonly message: string }[] };

async function received(name: string): Promise<Data[]> {
  await cloud.cloud.idle();
  const { logGroups } = await logs('DescribeLogGroups', { logGroupNamePrefix: `/aws/lambda/${name}` });
  if (logGroups.length === 0) return [];
  const { events } = await logs('FilterLogEvents', { logGroupName: `/aws/lambda/${name}`, filterPattern: 'GOT' });
  return events.map(({ message }: { message: string }) => {
    const data = /GOT (\S+)/.exec(message)?.[1] as string;
    return JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString());
  });
}

test('a function gets what is written to a group and matches, gzipped, with the ids that readers see', async () => {
  await listener('errors');
  await group('/shop');
  await permit('errors', '/shop');
  await subscribe('/shop', 'errors', '?ERROR ?FATAL', 'bad');
  await write('/shop', 'INFO a', 'ERROR b', 'FATAL c');
  await write('/shop', 'INFO d');
  const { events } = await logs('FilterLogEvents', { logGroupName: '/shop' });
  const shown = events.filter(({ message }: { message: string }) => !message.startsWith('INFO'));
  expect(await received('errors')).toEqual([
    {
      messageType: 'DATA_MESSAGE',
      owner: ACCOUNT,
      logGroup: '/shop',
      logStream: 's',
      subscriptionFilters: ['bad'],
      logEvents: shown.map(({ eventId, timestamp, message }: Record<string, unknown>) => ({
        id: eventId,
        timestamp,
        message,
      })),
    },
  ]);
});

test('what other functions log is sent on too, as long as the filter is there', async () => {
  await listener('watching');
  await listener('watched');
  await group('/aws/lambda/watched');
  await permit('watching', '/aws/lambda/watched');
  await subscribe('/aws/lambda/watched', 'watching', 'GOT');
  const run = () =>
    cloud.cloud.registry.peer('lambda').invoke(functionArn('watched'), JSON.stringify({ awslogs: { data: 'hello' } }));
  await run();
  const [data] = await received('watching');
  expect(data?.logEvents.map(({ message }) => message)).toEqual([expect.stringContaining('GOT hello')]);
  await logs('DeleteSubscriptionFilter', { logGroupName: '/aws/lambda/watched', filterName: 'all' });
  await run();
  expect(await received('watching')).toHaveLength(1);
});

test('a function has to be there, and to let CloudWatch Logs invoke it for this very group', async () => {
  await listener('closed');
  await group('/closed');
  const refused = {
    code: 'InvalidParameterException',
    message:
      'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  };
  await expect(subscribe('/closed', 'closed')).rejects.toMatchObject(refused);
  await permit('closed', '/another');
  await expect(subscribe('/closed', 'closed')).rejects.toMatchObject(refused);
  await expect(subscribe('/closed', 'nobody')).rejects.toMatchObject(refused);
});

test('once the permission is gone, nothing arrives, and writing goes on', async () => {
  await listener('revoked');
  await group('/revoked');
  await permit('revoked', '/revoked');
  await subscribe('/revoked', 'revoked');
  await cloud.call('lambda', 'RemovePermission', { FunctionName: 'revoked', StatementId: 'logs' });
  await write('/revoked', 'x');
  expect(await received('revoked')).toEqual([]);
  const hops = cloud.cloud.controls.trace.latest(50).filter(({ operation }) => operation === 'Subscription');
  expect(hops.at(-1)).toMatchObject({ target: functionArn('revoked'), outcome: 'AccessDeniedException' });
});

test('large writes come in several events, none of which is too large', async () => {
  await listener('large');
  await group('/large');
  await permit('large', '/large');
  await subscribe('/large', 'large');
  await write('/large', ...Array.from({ length: 4 }, (_, n) => String(n).repeat(50_000)));
  const sizes = (await received('large')).map(({ logEvents }) => logEvents.length);
  expect(sizes).toEqual([2, 2]);
});

test('a group has two filters at most; they are described, replaced and deleted by name', async () => {
  await listener('many');
  await group('/many');
  await permit('many', '/many');
  await subscribe('/many', 'many', 'a', 'one');
  await subscribe('/many', 'many', 'b', 'two');
  await expect(subscribe('/many', 'many', '', 'three')).rejects.toMatchObject({ code: 'LimitExceededException' });
  await subscribe('/many', 'many', 'c', 'two');
  const { subscriptionFilters } = await logs('DescribeSubscriptionFilters', { logGroupName: '/many' });
  expect(subscriptionFilters).toEqual([
    {
      filterName: 'one',
      logGroupName: '/many',
      filterPattern: 'a',
      destinationArn: functionArn('many'),
      distribution: 'ByLogStream',
      creationTime: now,
    },
    expect.objectContaining({ filterName: 'two', filterPattern: 'c' }),
  ]);
  await logs('DeleteSubscriptionFilter', { logGroupName: '/many', filterName: 'one' });
  await expect(logs('DeleteSubscriptionFilter', { logGroupName: '/many', filterName: 'one' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('other destinations are refused by name', async () => {
  await group('/stream');
  const destinationArn = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/s`;
  await expect(
    logs('PutSubscriptionFilter', { logGroupName: '/stream', filterName: 'f', filterPattern: '', destinationArn }),
  ).rejects.toThrow('PutSubscriptionFilter: a destination of kinesis is not implemented');
});
