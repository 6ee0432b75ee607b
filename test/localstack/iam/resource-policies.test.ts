import { EventBridgeClient, PutEventsCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteBucketPolicyCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { zip } from '../lambda/lambda-bench';
import { ACCOUNT, JudgedCloud, type Keys, policy, roleArn, sessionArn } from './judged-cloud';

let cloud: JudgedCloud;
beforeAll(async () => {
  cloud = await JudgedCloud.start();
});
afterAll(() => cloud.stop());

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
const refused = (message: string, name = 'AccessDenied', status = 403) => ({
  name,
  message,
  $metadata: expect.objectContaining({ httpStatusCode: status }),
});

describe('a queue', () => {
  let url: string;
  let keys: Keys;
  const send = (by?: Keys) => {
    const sqs = new SQSClient(cloud.client(by));
    return sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' })).finally(() => sqs.destroy());
  };
  const setPolicy = (...statements: object[]) =>
    cloud.call('sqs', 'SetQueueAttributes', {
      QueueUrl: url,
      Attributes: { Policy: statements.length > 0 ? policy(...statements) : '' },
    });
  beforeAll(async () => {
    url = (await cloud.call('sqs', 'CreateQueue', { QueueName: 'q' })).QueueUrl;
    keys = await cloud.role('sender');
  });

  test('lets nobody in without a policy', async () => {
    await expect(send(keys)).rejects.toMatchObject(
      refused(
        `User: ${sessionArn('sender')} is not authorized to perform: sqs:sendmessage on resource: ${queueArn('q')} because no identity-based policy allows the sqs:sendmessage action`,
      ),
    );
  });

  test.each<[string, unknown, boolean]>([
    ['its role', { AWS: roleArn('sender') }, true],
    ['its session', { AWS: sessionArn('sender') }, true],
    ['everybody', '*', true],
    ['every account', { AWS: '*' }, true],
    ['its account, which leaves it to the role', { AWS: ACCOUNT }, false],
    ['another role', { AWS: roleArn('other') }, false],
    ['a service', { Service: 'events.amazonaws.com' }, false],
  ])('opens to a role by naming %s', async (_name, Principal, opens) => {
    await setPolicy({ Action: 'sqs:SendMessage', Principal, Resource: queueArn('q') });
    if (opens) await send(keys);
    else await expect(send(keys)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('closes to whoever it denies, root included, and what denies may be taken away', async () => {
    await cloud.grant('sender', { Action: 'sqs:*' });
    await setPolicy();
    await send(keys);
    await setPolicy({ Effect: 'Deny', Principal: '*', Resource: queueArn('q') });
    const denied = (who: string) =>
      refused(
        `User: ${who} is not authorized to perform: sqs:sendmessage on resource: ${queueArn('q')} with an explicit deny in a resource-based policy`,
      );
    await expect(send(keys)).rejects.toMatchObject(denied(sessionArn('sender')));
    await expect(send()).rejects.toMatchObject(denied(`arn:aws:iam::${ACCOUNT}:root`));
    const sqs = new SQSClient(cloud.client());
    await expect(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'x' }))).rejects.toThrow(/deny/);
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy: '' } }));
    sqs.destroy();
    await send();
  });

  test('can let EventBridge in, for one rule', async () => {
    await cloud.call('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["shop"]}' });
    await cloud.call('events', 'PutRule', { Name: 'other', EventPattern: '{"source":["shop"]}' });
    const { QueueUrl } = await cloud.call('sqs', 'CreateQueue', { QueueName: 'dlq' });
    await cloud.call('sqs', 'SetQueueAttributes', {
      QueueUrl,
      Attributes: { Policy: policy({ Principal: { Service: 'events.amazonaws.com' }, Resource: queueArn('dlq') }) },
    });
    const { QueueUrl: taking } = await cloud.call('sqs', 'CreateQueue', { QueueName: 'taking' });
    const rule = `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`;
    const Policy = policy({
      Action: 'sqs:SendMessage',
      Principal: { Service: 'events.amazonaws.com' },
      Resource: queueArn('taking'),
      Condition: { ArnEquals: { 'aws:SourceArn': rule }, StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    });
    await cloud.call('sqs', 'SetQueueAttributes', { QueueUrl: taking, Attributes: { Policy } });
    for (const Rule of ['r', 'other']) {
      const Targets = [{ Id: 't', Arn: queueArn('taking'), DeadLetterConfig: { Arn: queueArn('dlq') } }];
      await cloud.call('events', 'PutTargets', { Rule, Targets });
    }
    const Entries = [{ Source: 'shop', DetailType: 'd', Detail: '{}' }];
    await cloud.call('events', 'PutEvents', { Entries });
    const messages = async (QueueUrl: string) =>
      (await cloud.call('sqs', 'ReceiveMessage', { QueueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }))
        .Messages ?? [];
    expect(await messages(taking)).toHaveLength(1);
    const letters = await messages(QueueUrl);
    expect(letters).toHaveLength(1);
    expect(letters[0].MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
      ERROR_MESSAGE: { StringValue: expect.stringContaining('because no resource-based policy allows') },
      RULE_ARN: { StringValue: `arn:aws:events:us-east-1:${ACCOUNT}:rule/other` },
    });
  });

  test('refuses a policy that is malformed, or that could not be judged', async () => {
    await expect(setPolicy({ Principal: '*', Condition: { Sounds: { 'aws:userid': 'x' } } })).rejects.toMatchObject({
      code: 'InvalidAttributeValue',
    });
    await expect(setPolicy({ Principal: '*', Condition: { StringEquals: { 'aws:UserAgent': 'x' } } })).rejects.toThrow(
      /^The condition key aws:UserAgent in a policy is not implemented/,
    );
  });
});

describe('a bucket', () => {
  let keys: Keys;
  const as = async <T>(by: Keys | undefined, run: (s3: S3Client) => Promise<T>): Promise<T> => {
    const s3 = new S3Client(cloud.client(by));
    return run(s3).finally(() => s3.destroy());
  };
  const get = (Key: string, by?: Keys) => as(by, (s3) => s3.send(new GetObjectCommand({ Bucket: 'bucket', Key })));
  const setPolicy = (...statements: object[]) =>
    cloud.call('s3', 'PutBucketPolicy', { Bucket: 'bucket', Policy: policy(...statements) });
  beforeAll(async () => {
    await cloud.call('s3', 'CreateBucket', { Bucket: 'bucket' });
    keys = await cloud.role('reader');
    for (const Key of ['public/a', 'secret/a']) {
      await as(undefined, (s3) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x' })));
    }
  });

  test('opens some of its objects to a role', async () => {
    await setPolicy({
      Action: 's3:GetObject',
      Principal: { AWS: roleArn('reader') },
      Resource: 'arn:aws:s3:::bucket/public/*',
    });
    await get('public/a', keys);
    await expect(get('secret/a', keys)).rejects.toMatchObject(
      refused(
        `User: ${sessionArn('reader')} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::bucket/secret/a" because no identity-based policy allows the s3:GetObject action`,
      ),
    );
  });

  test('that insists on TLS is open over plain HTTP here; one that denies all lets root take that back', async () => {
    const insists = { Effect: 'Deny', Principal: '*', Resource: 'arn:aws:s3:::bucket/*' };
    await setPolicy({ ...insists, Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    await get('public/a');
    await setPolicy(insists, { ...insists, Resource: 'arn:aws:s3:::bucket' });
    await expect(get('public/a')).rejects.toThrow(/with an explicit deny in a resource-based policy/);
    await as(undefined, (s3) => s3.send(new DeleteBucketPolicyCommand({ Bucket: 'bucket' })));
    await get('public/a');
  });

  test('says what is wrong with a policy', async () => {
    await expect(setPolicy({ Effect: 'Maybe', Principal: '*', Resource: '*' })).rejects.toMatchObject({
      code: 'MalformedPolicy',
    });
  });
});

test('a function opens to a role that its permissions name, and to nobody else', async () => {
  const lambda = new LambdaClient(cloud.client());
  await cloud.call('iam', 'CreateRole', {
    RoleName: 'fn',
    AssumeRolePolicyDocument: policy({ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }),
  });
  const Code = { ZipFile: Buffer.from(zip({ 'index.mjs': 'export const handler = () => {};' }), 'base64') };
  const shape = { Runtime: 'nodejs20.x', Handler: 'index.handler', Code } as const;
  await lambda.send(new CreateFunctionCommand({ FunctionName: 'f', Role: roleArn('fn'), ...shape }));
  const resource = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
  const caller = new LambdaClient(cloud.client(await cloud.role('caller')));
  const invoke = () => caller.send(new InvokeCommand({ FunctionName: 'f', InvocationType: 'DryRun' }));
  await expect(invoke()).rejects.toMatchObject(
    refused(
      `User: ${sessionArn('caller')} is not authorized to perform: lambda:InvokeFunction on resource: ${resource} because no identity-based policy allows the lambda:InvokeFunction action`,
      'AccessDeniedException',
    ),
  );
  const permission = { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction' };
  await cloud.call('lambda', 'AddPermission', { ...permission, Principal: roleArn('caller') });
  await invoke();
  await cloud.call('lambda', 'RemovePermission', { FunctionName: 'f', StatementId: 's' });
  // An account's name leaves it to the policies of its roles.
  await cloud.call('lambda', 'AddPermission', { ...permission, Principal: ACCOUNT });
  await expect(invoke()).rejects.toMatchObject({ name: 'AccessDeniedException' });

  // Whoever makes a function must be allowed to hand on its role.
  await cloud.grant('caller', { Action: 'lambda:*' });
  const make = () => caller.send(new CreateFunctionCommand({ FunctionName: 'g', Role: roleArn('fn'), ...shape }));
  await expect(make()).rejects.toThrow(
    `User: ${sessionArn('caller')} is not authorized to perform: iam:PassRole on resource: ${roleArn('fn')} because no identity-based policy allows the iam:PassRole action`,
  );
  const passing = { Action: 'iam:PassRole', Resource: roleArn('fn') };
  const to = (service: string) => ({ Condition: { StringEquals: { 'iam:PassedToService': service } } });
  await cloud.grant('caller', { Action: 'lambda:*' }, { ...passing, ...to('scheduler.amazonaws.com') });
  await expect(make()).rejects.toThrow(/iam:PassRole/);
  await cloud.grant('caller', { Action: 'lambda:*' }, { ...passing, ...to('lambda.amazonaws.com') });
  await make();
  lambda.destroy();
  caller.destroy();
});

test('a bus opens to a role, and denies single entries', async () => {
  await cloud.call('events', 'CreateEventBus', { Name: 'bus' });
  const busArn = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/bus`;
  const events = new EventBridgeClient(cloud.client(await cloud.role('putter')));
  const entry = (Source: string) => ({ EventBusName: 'bus', Source, DetailType: 'd', Detail: '{}' });
  const put = (...sources: string[]) => events.send(new PutEventsCommand({ Entries: sources.map(entry) }));
  await expect(put('shop')).rejects.toMatchObject(
    refused(
      `User: ${sessionArn('putter')} is not authorized to perform: events:PutEvents on resource: ${busArn} because no identity-based policy allows the events:PutEvents action`,
      'AccessDeniedException',
      400,
    ),
  );
  const Policy = policy(
    { Sid: 'a', Action: 'events:PutEvents', Principal: { AWS: roleArn('putter') }, Resource: busArn },
    {
      Sid: 'd',
      Effect: 'Deny',
      Action: 'events:PutEvents',
      Principal: '*',
      Resource: busArn,
      Condition: { StringEquals: { 'events:source': 'forged' } },
    },
  );
  await cloud.call('events', 'PutPermission', { EventBusName: 'bus', Policy });
  expect((await put('shop')).FailedEntryCount).toBe(0);
  await cloud.grant('putter', { Action: 'events:*' });
  const { Entries } = await put('shop', 'forged');
  expect(Entries).toMatchObject([
    { EventId: expect.any(String) },
    {
      ErrorCode: 'AccessDeniedException',
      ErrorMessage: `User: ${sessionArn('putter')} is not authorized to perform: events:PutEvents on resource: ${busArn} with an explicit deny in a resource-based policy`,
    },
  ]);
  await cloud.call('events', 'PutRule', { Name: 'passing', EventPattern: '{"source":["shop"]}' });
  const Targets = [{ Id: 't', Arn: busArn, RoleArn: roleArn('putter') }];
  await expect(events.send(new PutTargetsCommand({ Rule: 'passing', Targets }))).rejects.toThrow(/iam:PassRole/);
  events.destroy();
});
