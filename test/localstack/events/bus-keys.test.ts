import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, keyPolicy } from '../kms/key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

const events = (operation: string, input: object) => cloud.call('events', operation, input);
const busArn = (name: string) => `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/${name}`;
/** What CDK writes into the policy of a bus's key. */
const forBus = (name: string) =>
  keyPolicy({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
    Resource: '*',
    Condition: {
      StringEquals: {
        'aws:SourceAccount': ACCOUNT,
        'aws:SourceArn': busArn(name),
        'kms:EncryptionContext:aws:events:event-bus:arn': busArn(name),
      },
    },
  });

/** A queue that EventBridge may send to. */
async function queue(QueueName: string): Promise<{ QueueUrl: string; arn: string }> {
  const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${QueueName}`;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: arn,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { QueueUrl } = await cloud.call('sqs', 'CreateQueue', { QueueName, Attributes: { Policy } });
  return { QueueUrl, arn };
}
async function messageIn(QueueUrl: string) {
  await cloud.cloud.idle();
  const { Messages = [] } = await cloud.call('sqs', 'ReceiveMessage', { QueueUrl, MessageAttributeNames: ['All'] });
  for (const { ReceiptHandle } of Messages) await cloud.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
  return Messages[0];
}

test('a bus gets a key only when the key lets EventBridge use it for this bus', async () => {
  const KmsKeyIdentifier = await cloud.key({ Policy: forBus('mine') });
  expect(await events('CreateEventBus', { Name: 'mine', KmsKeyIdentifier })).toMatchObject({ KmsKeyIdentifier });
  await expect(events('CreateEventBus', { Name: 'other', KmsKeyIdentifier })).rejects.toThrow(
    /EventBridge cannot use the KMS key .*events.amazonaws.com is not authorized to perform: kms:GenerateDataKey/,
  );
  await expect(events('CreateEventBus', { Name: 'other', KmsKeyIdentifier: 'alias/none' })).rejects.toMatchObject({
    code: 'ValidationException',
  });
  await cloud.kms('CreateAlias', { AliasName: 'alias/mine', TargetKeyId: KmsKeyIdentifier });
  await events('UpdateEventBus', { Name: 'mine', KmsKeyIdentifier: 'alias/mine' });
  const described = () => events('DescribeEventBus', { Name: 'mine' });
  expect(await described()).toMatchObject({ KmsKeyIdentifier });
  await events('UpdateEventBus', { Name: 'mine', KmsKeyIdentifier: '' });
  expect(await described()).not.toHaveProperty('KmsKeyIdentifier');
});

test('what the key does not let through goes to the dead-letter queue of the bus', async () => {
  const KmsKeyIdentifier = await cloud.key({ Policy: forBus('orders') });
  const lost = await queue('lost');
  const target = await queue('target');
  const Name = 'orders';
  await events('CreateEventBus', { Name, KmsKeyIdentifier, DeadLetterConfig: { Arn: lost.arn } });
  await events('PutRule', { Name: 'r', EventBusName: Name, EventPattern: '{"source":["shop"]}' });
  await events('PutTargets', { Rule: 'r', EventBusName: Name, Targets: [{ Id: 't', Arn: target.arn }] });
  const put = () =>
    events('PutEvents', {
      Entries: [{ EventBusName: Name, Source: 'shop', DetailType: 'Sold', Detail: '{"n":1}' }],
    });
  await put();
  expect(await messageIn(target.QueueUrl)).toBeDefined();
  await cloud.kms('DisableKey', { KeyId: KmsKeyIdentifier });
  expect(await put()).toMatchObject({ FailedEntryCount: 0 });
  expect(await messageIn(target.QueueUrl)).toBeUndefined();
  const dead = await messageIn(lost.QueueUrl);
  expect(JSON.parse(dead.Body)).toMatchObject({ source: 'shop', detail: { n: 1 } });
  expect(dead.MessageAttributes.ERROR_CODE.StringValue).toBe('DisabledException');
  // Without such a queue it is lost, as the trace tells.
  await events('UpdateEventBus', { Name, KmsKeyIdentifier: '' });
  await cloud.kms('EnableKey', { KeyId: KmsKeyIdentifier });
  await events('UpdateEventBus', { Name, KmsKeyIdentifier });
  await cloud.kms('DisableKey', { KeyId: KmsKeyIdentifier });
  await put();
  expect(await messageIn(target.QueueUrl)).toBeUndefined();
  const last = cloud.cloud.controls.trace.latest(10).find(({ operation }) => operation === 'Route');
  expect(last).toMatchObject({ target: busArn(Name), outcome: 'DisabledException' });
});

test('an archive takes and replays events only with its key', async () => {
  const own = keyPolicy({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncrypt*'],
    Resource: '*',
    Condition: { StringEquals: { 'kms:EncryptionContext:aws:events:event-bus:arn': busArn('archived') } },
  });
  const KmsKeyIdentifier = await cloud.key({ Policy: own });
  await events('CreateEventBus', { Name: 'archived' });
  const archive = { ArchiveName: 'kept', EventSourceArn: busArn('archived') };
  const elsewhere = { ...archive, EventSourceArn: busArn('default'), KmsKeyIdentifier };
  await expect(events('CreateArchive', elsewhere)).rejects.toMatchObject({ code: 'ValidationException' });
  await events('CreateArchive', { ...archive, KmsKeyIdentifier });
  const count = async () => {
    const entry = { EventBusName: 'archived', Source: 'shop', DetailType: 'Sold', Detail: '{}' };
    await events('PutEvents', { Entries: [entry] });
    return (await events('DescribeArchive', { ArchiveName: 'kept' })).EventCount;
  };
  expect(await count()).toBe(1);
  await cloud.kms('DisableKey', { KeyId: KmsKeyIdentifier });
  expect(await count()).toBe(1);
  const now = cloud.cloud.clock.now() / 1000;
  const replay = async (ReplayName: string) => {
    await events('StartReplay', {
      ReplayName,
      EventSourceArn: `arn:aws:events:us-east-1:${ACCOUNT}:archive/kept`,
      EventStartTime: now - 60,
      EventEndTime: now + 60,
      Destination: { Arn: busArn('archived') },
    });
    await cloud.cloud.idle();
    return events('DescribeReplay', { ReplayName });
  };
  expect(await replay('locked')).toMatchObject({
    State: 'FAILED',
    StateReason: expect.stringContaining('is disabled'),
  });
  await cloud.kms('EnableKey', { KeyId: KmsKeyIdentifier });
  expect(await replay('open')).toMatchObject({ State: 'COMPLETED' });
  await events('UpdateArchive', { ArchiveName: 'kept', Description: 'd' });
  expect(await events('DescribeArchive', { ArchiveName: 'kept' })).toMatchObject({ KmsKeyIdentifier });
  await events('UpdateArchive', { ArchiveName: 'kept', KmsKeyIdentifier: '' });
  expect(await events('DescribeArchive', { ArchiveName: 'kept' })).not.toHaveProperty('KmsKeyIdentifier');
});
