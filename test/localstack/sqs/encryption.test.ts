import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, keyPolicy, roleArn } from '../kms/key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  await cloud.role('sends');
});
afterAll(() => cloud.stop());

const sqs = (operation: string, input: object, as?: string) => cloud.call('sqs', operation, input, as);
const queue = async (QueueName: string, Attributes: object): Promise<string> =>
  (await sqs('CreateQueue', { QueueName, Attributes })).QueueUrl;
const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
const statement = (Principal: object, Action: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Principal,
  Action,
  Resource: '*',
  ...more,
});

test('a key takes the place of the managed encryption, and the other way round', async () => {
  const QueueUrl = await queue('attributes', { KmsMasterKeyId: 'alias/aws/sqs' });
  const attributes = async () => (await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })).Attributes;
  expect(await attributes()).toMatchObject({
    KmsMasterKeyId: 'alias/aws/sqs',
    KmsDataKeyReusePeriodSeconds: '300',
    SqsManagedSseEnabled: 'false',
  });
  await sqs('SetQueueAttributes', { QueueUrl, Attributes: { SqsManagedSseEnabled: 'true' } });
  expect(await attributes()).not.toHaveProperty('KmsMasterKeyId');
  await sqs('SetQueueAttributes', { QueueUrl, Attributes: { KmsMasterKeyId: 'alias/x' } });
  expect(await attributes()).toMatchObject({ KmsMasterKeyId: 'alias/x', SqsManagedSseEnabled: 'false' });
  await sqs('SetQueueAttributes', { QueueUrl, Attributes: { KmsMasterKeyId: '' } });
  expect(await attributes()).toMatchObject({ SqsManagedSseEnabled: 'true' });
});

test("everybody in the account uses the queue with AWS's own key", async () => {
  const QueueUrl = await queue('own-key', { KmsMasterKeyId: 'alias/aws/sqs' });
  await sqs('SendMessage', { QueueUrl, MessageBody: 'x' }, 'sends');
  expect((await sqs('ReceiveMessage', { QueueUrl }, 'sends')).Messages).toHaveLength(1);
});

test('a role without the right to the key neither sends nor receives', async () => {
  const KeyId = await cloud.key();
  const QueueUrl = await queue('guarded', { KmsMasterKeyId: KeyId });
  const send = () => sqs('SendMessage', { QueueUrl, MessageBody: 'x' }, 'sends');
  const receive = () => sqs('ReceiveMessage', { QueueUrl }, 'sends');
  await expect(send()).rejects.toMatchObject({
    code: 'KmsAccessDenied',
    fields: { queryErrorCode: 'KMS.AccessDeniedException' },
    message: expect.stringContaining(
      `assumed-role/sends/session is not authorized to perform: kms:GenerateDataKey on resource: ${KeyId}`,
    ),
  });
  const Entries = [{ Id: 'a', MessageBody: 'x' }];
  await expect(sqs('SendMessageBatch', { QueueUrl, Entries }, 'sends')).rejects.toMatchObject({
    code: 'KmsAccessDenied',
  });
  const put = (Action: string | string[]) => {
    const through = {
      StringEquals: {
        'kms:ViaService': 'sqs.us-east-1.amazonaws.com',
        'kms:EncryptionContext:aws:sqs:arn': arnOf('guarded'),
      },
    };
    const Policy = keyPolicy(statement({ AWS: roleArn('sends') }, Action, { Condition: through }));
    return cloud.kms('PutKeyPolicy', { KeyId, Policy });
  };
  await put('kms:GenerateDataKey');
  await expect(send()).rejects.toThrow('kms:Decrypt');
  await put(['kms:GenerateDataKey', 'kms:Decrypt']);
  await send();
  expect((await receive()).Messages).toHaveLength(1);
  await put('kms:GenerateDataKey');
  await expect(receive()).rejects.toMatchObject({ code: 'KmsAccessDenied' });
});

test('a key that is not there, disabled or to be deleted makes the queue useless', async () => {
  const KeyId = await cloud.key();
  const send = async (name: string, KmsMasterKeyId: string) =>
    sqs('SendMessage', { QueueUrl: await queue(name, { KmsMasterKeyId }), MessageBody: 'x' });
  await expect(send('no-key', 'alias/none')).rejects.toMatchObject({ code: 'KmsNotFound' });
  await cloud.kms('DisableKey', { KeyId });
  await expect(send('disabled', KeyId)).rejects.toMatchObject({ code: 'KmsDisabled' });
  await cloud.kms('ScheduleKeyDeletion', { KeyId });
  await expect(send('disabled', KeyId)).rejects.toMatchObject({ code: 'KmsInvalidState' });
});

test("Lambda's mappings receive only what the function's role may decrypt", async () => {
  const KeyId = await cloud.key();
  await queue('mapped', { KmsMasterKeyId: KeyId });
  const role = { kind: 'role', roleArn: roleArn('sends'), arn: roleArn('sends') } as const;
  const check = () => cloud.cloud.registry.peer('sqs').checkKey(arnOf('mapped'), role);
  expect(check).toThrow('is not authorized to perform: kms:Decrypt');
  await cloud.kms('PutKeyPolicy', { KeyId, Policy: keyPolicy(statement({ AWS: roleArn('sends') }, 'kms:Decrypt')) });
  check();
});

test('EventBridge reaches an encrypted queue only when the key lets it', async () => {
  const dead = await queue('dead', {});
  const KeyId = await cloud.key();
  const events = { Service: 'events.amazonaws.com' };
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [statement(events, 'sqs:SendMessage')],
  });
  for (const name of ['with-key', 'with-own-key', 'dead']) {
    const KmsMasterKeyId = { 'with-key': KeyId, 'with-own-key': 'alias/aws/sqs' }[name];
    const QueueUrl = name === 'dead' ? dead : await queue(name, { KmsMasterKeyId });
    await sqs('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
    if (name === 'dead') continue;
    await cloud.call('events', 'PutRule', { Name: name, EventPattern: '{"source":["test"]}' });
    const target = { Id: 'q', Arn: arnOf(name), DeadLetterConfig: { Arn: arnOf('dead') } };
    await cloud.call('events', 'PutTargets', { Rule: name, Targets: [target] });
  }
  const put = async () => {
    const entry = { Source: 'test', DetailType: 't', Detail: '{}' };
    await cloud.call('events', 'PutEvents', { Entries: [entry] });
    await cloud.cloud.idle();
  };
  const count = async (name: string) => {
    const QueueUrl = (await sqs('GetQueueUrl', { QueueName: name })).QueueUrl;
    return (await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })).Attributes
      .ApproximateNumberOfMessages;
  };
  await put();
  expect([await count('with-key'), await count('with-own-key'), await count('dead')]).toEqual(['0', '0', '2']);
  const { Messages } = await sqs('ReceiveMessage', { QueueUrl: dead, MessageAttributeNames: ['All'] });
  expect(Messages[0].MessageAttributes.ERROR_CODE.StringValue).toBe('NO_PERMISSIONS');
  await cloud.kms('PutKeyPolicy', {
    KeyId,
    Policy: keyPolicy(
      statement(events, ['kms:GenerateDataKey', 'kms:Decrypt'], {
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:us-east-1:${ACCOUNT}:rule/*` } },
      }),
    ),
  });
  await put();
  expect([await count('with-key'), await count('with-own-key')]).toEqual(['1', '0']);
});
