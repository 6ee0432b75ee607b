import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../localstack/cloud/core/service';
import { ACCOUNT, SnsCloud, topicArn } from './sns-cloud';

let cloud: SnsCloud;
beforeAll(async () => {
  cloud = await SnsCloud.start();
  await cloud.call('iam', 'CreateRole', { RoleName: 'publisher', AssumeRolePolicyDocument: policy() });
});
afterAll(() => cloud.stop());

const policy = (...statements: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: (statements.length > 0 ? statements : [{ Action: 'sts:AssumeRole' }]).map((one) => ({
      Effect: 'Allow',
      Principal: '*',
      ...one,
    })),
  });
const roleArn = `arn:aws:iam::${ACCOUNT}:role/publisher`;
const role: Principal = { kind: 'role', roleArn, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/publisher/session` };
const events: Principal = { kind: 'service', service: 'events.amazonaws.com', arn: 'events.amazonaws.com' };
const rule = `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`;

const setPolicy = (name: string, AttributeValue: string) =>
  cloud.sns('SetTopicAttributes', { TopicArn: topicArn(name), AttributeName: 'Policy', AttributeValue });

/** What the front door does before an operation. */
const judge = (principal: Principal, operation: string, input: object) => {
  const { registry } = cloud.cloud;
  const call = { ...cloud.cloud.rootCall(), principal };
  registry.peer('iam').authorize(principal, registry.service('sns')!.access(operation, input, call));
};

describe('publishing', () => {
  test('a role needs its own policy, or the topic, to allow it', async () => {
    await cloud.topic('guarded');
    expect(() => cloud.publishAs(role, 'guarded', 'm')).toThrow(
      expect.objectContaining({
        code: 'AuthorizationError',
        status: 403,
        message: `User: ${role.arn} is not authorized to perform: SNS:Publish on resource: ${topicArn('guarded')} because no identity-based policy allows the SNS:Publish action`,
      }),
    );
    await setPolicy(
      'guarded',
      policy({ Principal: { AWS: roleArn }, Action: 'SNS:Publish', Resource: topicArn('guarded') }),
    );
    cloud.publishAs(role, 'guarded', 'm');
    await setPolicy('guarded', '');
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sns:Publish', Resource: topicArn('guarded') }],
    });
    expect(() => cloud.publishAs(role, 'guarded', 'm')).toThrow('is not authorized');
    await cloud.call('iam', 'PutRolePolicy', { RoleName: 'publisher', PolicyName: 'p', PolicyDocument });
    cloud.publishAs(role, 'guarded', 'm');
    judge(role, 'PublishBatch', { TopicArn: topicArn('guarded') });
    expect(() => judge(role, 'Subscribe', { TopicArn: topicArn('guarded') })).toThrow('SNS:Subscribe');
    expect(() => judge(role, 'CreateTopic', { Name: 'new' })).toThrow(topicArn('new'));
    const { registry } = cloud.cloud;
    const tagged = { Name: 'new', Tags: [{ Key: 'a', Value: 'b' }] };
    const asked = registry.service('sns')!.access('CreateTopic', tagged, cloud.cloud.rootCall());
    expect(asked.map(({ action }) => action)).toEqual(['sns:CreateTopic', 'sns:TagResource']);
    await cloud.call('iam', 'DeleteRolePolicy', { RoleName: 'publisher', PolicyName: 'p' });
  });

  test('a service needs the topic to allow it, for what it acts for', async () => {
    await cloud.topic('announced');
    expect(() => cloud.publishAs(events, 'announced', 'm', rule)).toThrow(
      'because no resource-based policy allows the SNS:Publish action',
    );
    const statement = {
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: topicArn('announced'),
      Condition: { ArnEquals: { 'aws:SourceArn': rule } },
    };
    await setPolicy('announced', policy(statement));
    cloud.publishAs(events, 'announced', 'm', rule);
    expect(() => cloud.publishAs(events, 'announced', 'm', `${rule}2`)).toThrow('is not authorized');
  });

  test('subscribing can be limited to endpoints', async () => {
    const TopicArn = await cloud.topic('limited');
    const Condition = { StringEquals: { 'sns:Protocol': 'sqs' }, StringLike: { 'sns:Endpoint': '*:mine-*' } };
    await setPolicy('limited', policy({ Action: 'sns:Subscribe', Resource: TopicArn, Condition }));
    const endpoint = (name: string) => ({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`,
    });
    judge(role, 'Subscribe', endpoint('mine-1'));
    expect(() => judge(role, 'Subscribe', endpoint('yours-1'))).toThrow('SNS:Subscribe');
  });
});

test('permissions are statements of the policy', async () => {
  const TopicArn = await cloud.topic('shared');
  const permission = { TopicArn, Label: 'shop', AWSAccountId: ['111111111111'], ActionName: ['Publish'] };
  await cloud.sns('AddPermission', permission);
  await expect(cloud.sns('AddPermission', permission)).rejects.toThrow('Invalid parameter: Statement already exists');
  const statements = async () => {
    const { Attributes } = await cloud.sns('GetTopicAttributes', { TopicArn });
    return JSON.parse(Attributes.Policy).Statement;
  };
  expect(await statements()).toEqual([
    expect.objectContaining({ Sid: '__default_statement_ID' }),
    {
      Sid: 'shop',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111111111111:root' },
      Action: 'SNS:Publish',
      Resource: TopicArn,
    },
  ]);
  await cloud.sns('RemovePermission', { TopicArn, Label: 'shop' });
  expect(await statements()).toHaveLength(1);
});

describe('a topic with a key', () => {
  test('is published to by whoever may use the key', async () => {
    const { KeyMetadata } = await cloud.call('kms', 'CreateKey', {});
    const KmsMasterKeyId = KeyMetadata.KeyId;
    const TopicArn = await cloud.topic('secret', { KmsMasterKeyId });
    await cloud.subscribe('secret', 'secret', { RawMessageDelivery: 'true' });
    await setPolicy('secret', policy({ Principal: { AWS: roleArn }, Action: 'sns:Publish', Resource: TopicArn }));
    await cloud.publish('secret', 'by root');
    expect(() => cloud.publishAs(role, 'secret', 'by the role')).toThrow(
      expect.objectContaining({ code: 'KMSAccessDenied' }),
    );
    await cloud.call('kms', 'DisableKey', { KeyId: KmsMasterKeyId });
    await expect(cloud.publish('secret', 'too late')).rejects.toMatchObject({ code: 'KMSDisabled' });
    expect(await cloud.bodies('secret')).toEqual(['by root']);
  });

  test("may have SNS's own", async () => {
    await cloud.topic('managed', { KmsMasterKeyId: 'alias/aws/sns' });
    await cloud.publish('managed', 'm');
  });
});
