import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud } from '../kms/key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

const logs = (operation: string, input: object = {}) => cloud.call('logs', operation, input);
const groupArn = (name: string) => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${name}`;
const ruleArn = (name: string) => `arn:aws:events:us-east-1:${ACCOUNT}:rule/${name}`;

const allow = (Action: string, group: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
  Action,
  Resource: `${groupArn(group)}:*`,
  ...more,
});
const put = (policyName: string, ...Statement: object[]) =>
  logs('PutResourcePolicy', { policyName, policyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) });
const remove = (policyName: string) => logs('DeleteResourcePolicy', { policyName });

/** A rule that sends what has this source to a log group, and to a queue what could not be sent. */
async function ruleTo(group: string, source: string): Promise<string> {
  const { QueueUrl } = await cloud.call('sqs', 'CreateQueue', { QueueName: `${source}-failed` });
  const queueArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${source}-failed`;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await cloud.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  await cloud.call('events', 'PutRule', { Name: source, EventPattern: JSON.stringify({ source: [source] }) });
  const target = { Id: 'log', Arn: groupArn(group), DeadLetterConfig: { Arn: queueArn } };
  await cloud.call('events', 'PutTargets', { Rule: source, Targets: [target] });
  return QueueUrl;
}

/** Puts an event; why it is not in the log group, if it is not. */
async function failureOf(source: string, QueueUrl: string): Promise<string | undefined> {
  await cloud.call('events', 'PutEvents', { Entries: [{ Source: source, DetailType: 't', Detail: '{}' }] });
  await cloud.cloud.idle();
  const { Messages = [] } = await cloud.call('sqs', 'ReceiveMessage', { QueueUrl, MessageAttributeNames: ['All'] });
  if (Messages.length === 0) return undefined;
  await cloud.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle });
  return Messages[0].MessageAttributes.ERROR_CODE.StringValue;
}

const linesIn = async (logGroupName: string): Promise<string[]> =>
  (await logs('FilterLogEvents', { logGroupName })).events.map(({ message }: { message: string }) => message);

test('EventBridge writes to a log group only when a policy lets it make streams and write events', async () => {
  const queue = await ruleTo('/aws/events/shop', 'shop');
  expect(await failureOf('shop', queue)).toBe('NO_RESOURCE');
  await logs('CreateLogGroup', { logGroupName: '/aws/events/shop' });
  expect(await failureOf('shop', queue)).toBe('NO_PERMISSIONS');
  await put('streams', allow('logs:CreateLogStream', '/aws/events/*'));
  expect(await failureOf('shop', queue)).toBe('NO_PERMISSIONS');
  await put('events', allow('logs:PutLogEvents', '/aws/events/*'));
  expect(await failureOf('shop', queue)).toBeUndefined();
  const lines = await linesIn('/aws/events/shop');
  expect(lines.map((line) => JSON.parse(line).source)).toEqual(['shop']);
  await remove('streams');
  expect(await failureOf('shop', queue)).toBe('NO_PERMISSIONS');
  await remove('events');
});

test('a policy may name the rule that events come from, as the documentation of EventBridge does', async () => {
  const queue = await ruleTo('/aws/events/own', 'own');
  await logs('CreateLogGroup', { logGroupName: '/aws/events/own' });
  const from = (rule: string) => ({ Condition: { ArnEquals: { 'aws:SourceArn': ruleArn(rule) } } });
  const streams = allow('logs:CreateLogStream', '/aws/events/own');
  await put('own', streams, allow('logs:PutLogEvents', '/aws/events/own', from('another')));
  expect(await failureOf('own', queue)).toBe('NO_PERMISSIONS');
  await put('own', streams, allow('logs:PutLogEvents', '/aws/events/own', from('own')));
  expect(await failureOf('own', queue)).toBeUndefined();
  await remove('own');
});

test('policies count for services only', async () => {
  const write = { logGroupName: '/app', logStreamName: 's', logEvents: [{ timestamp: 0, message: 'x' }] };
  await put('everybody', { ...allow('logs:*', '*'), Principal: '*' });
  await cloud.role('writer');
  expect(() => cloud.judge('logs', 'PutLogEvents', write, 'writer')).toThrow(
    'no identity-based policy allows the logs:PutLogEvents action',
  );
  await put('nobody', { ...allow('logs:*', '*'), Principal: '*', Effect: 'Deny' });
  await cloud.role('logger', { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' });
  expect(() => cloud.judge('logs', 'PutLogEvents', write, 'logger')).not.toThrow();
  await remove('everybody');
  await remove('nobody');
});

test('a policy is shown as it was put, and replaced by name', async () => {
  const { resourcePolicy } = await put('mine', allow('logs:PutLogEvents', 'a'));
  expect(resourcePolicy).toEqual({
    policyName: 'mine',
    policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [allow('logs:PutLogEvents', 'a')] }),
    lastUpdatedTime: Date.UTC(2026, 0, 1),
    policyScope: 'ACCOUNT',
  });
  await put('mine', allow('logs:PutLogEvents', 'b'));
  const { resourcePolicies } = await logs('DescribeResourcePolicies');
  expect(resourcePolicies).toEqual([expect.objectContaining({ policyDocument: expect.stringContaining(':b:*') })]);
  await remove('mine');
  await expect(remove('mine')).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    message: 'Policy with name [mine] does not exist',
  });
});

test('what is no policy, is too long, or is the eleventh, is refused', async () => {
  const putText = (policyDocument: string) => logs('PutResourcePolicy', { policyName: 'p', policyDocument });
  await expect(putText('{')).rejects.toMatchObject({ code: 'InvalidParameterException' });
  await expect(putText(' '.repeat(5_121))).rejects.toMatchObject({ code: 'InvalidParameterException' });
  const withoutPrincipal = { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' };
  await expect(put('p', withoutPrincipal)).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
  for (let n = 0; n < 10; n++) await put(`p${n}`, allow('logs:PutLogEvents', `g${n}`));
  await expect(put('p10', allow('logs:PutLogEvents', 'g'))).rejects.toMatchObject({ code: 'LimitExceededException' });
  await put('p9', allow('logs:PutLogEvents', 'again'));
  const first = await logs('DescribeResourcePolicies', { limit: 6 });
  const second = await logs('DescribeResourcePolicies', { limit: 6, nextToken: first.nextToken });
  expect([first.resourcePolicies.length, second.resourcePolicies.length]).toEqual([6, 4]);
  for (let n = 0; n < 10; n++) await remove(`p${n}`);
  await expect(logs('PutResourcePolicy', { resourceArn: groupArn('g'), policyDocument: '{}' })).rejects.toMatchObject({
    code: 'NotImplemented',
  });
});
