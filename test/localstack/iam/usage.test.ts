import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { GrantUsage } from '../../../localstack/cloud/services/iam/usage';

describe('GrantUsage', () => {
  it('counts by role, action and resource, what was allowed apart from what was not', () => {
    const usage = new GrantUsage(0);
    for (const allowed of [true, true, false])
      usage.note('role', { action: 'sqs:SendMessage', resource: 'q' }, allowed);
    usage.note('other', { action: 'sqs:SendMessage', resource: 'q' }, true);
    expect(usage.allowed('role')).toEqual([{ action: 'sqs:SendMessage', resource: 'q', count: 2 }]);
    expect(usage.denied('role')).toEqual([{ action: 'sqs:SendMessage', resource: 'q', count: 1 }]);
    expect(usage.denied('other')).toEqual([]);
  });

  it('holds so many resources of an action apart, and so many roles, however many there are', () => {
    const usage = new GrantUsage(0);
    for (let n = 0; n < 2_000; n++) usage.note('role', { action: 's3:GetObject', resource: `${n}` }, true);
    const seen = usage.allowed('role');
    expect(seen).toHaveLength(501);
    expect(seen.at(-1)).toEqual({ action: 's3:GetObject', resource: '(further resources)', count: 1_500 });
    for (let n = 0; n < 2_000; n++) usage.note(`role-${n}`, { action: 's3:GetObject', resource: 'r' }, true);
    expect(usage.roles()).toHaveLength(500);
  });
});

describe('GET /_cloud/iam', () => {
  let cloud: Cloud;
  let asRole: DynamoDBClient;
  const clients: { destroy(): void }[] = [];
  const settings = () => ({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const kept = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  // biome-ignore lint/suspicious/noExplicitAny: whatever is answered; the tests say what that is.
  const shown = async (query = ''): Promise<any> => (await fetch(`${cloud.endpoint}/_cloud/iam${query}`)).json();
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/things';

  beforeAll(async () => {
    cloud = await startCloud({ port: 0 });
    const iam = kept(new IAMClient(settings()));
    const trust = { Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'worker',
        AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
      }),
    );
    const statements = [
      { Effect: 'Allow', Action: ['dynamodb:get*', 'dynamodb:Scan'], Resource: table },
      { Effect: 'Allow', NotAction: ['dynamodb:*', 's3:*'], Resource: '*' },
      { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
    ];
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'worker',
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
    );
    await kept(new DynamoDBClient(settings())).send(
      new CreateTableCommand({
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    const { Credentials } = await kept(new STSClient(settings())).send(
      new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: 'me' }),
    );
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    asRole = kept(new DynamoDBClient({ ...settings(), credentials }));
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await cloud.stop();
  });

  it('shows each grant of a role with the calls that it was for, and what was denied with what would allow it', async () => {
    const id = { id: { S: '1' } };
    for (let n = 0; n < 3; n++) await asRole.send(new GetItemCommand({ TableName: 'things', Key: id }));
    await expect(asRole.send(new PutItemCommand({ TableName: 'things', Item: id }))).rejects.toThrow('not authorized');
    expect((await shown()).roles).toEqual([
      {
        role: 'worker',
        arn: 'arn:aws:iam::000000000000:role/worker',
        granted: [
          {
            policy: 'own',
            action: 'dynamodb:get*',
            resource: table,
            used: [{ action: 'dynamodb:GetItem', resource: table, count: 3 }],
          },
          { policy: 'own', action: 'dynamodb:Scan', resource: table, used: [] },
          { policy: 'own', action: 'all but dynamodb:*, s3:*', resource: '*', used: [] },
        ],
        otherwise: [],
        denied: [
          {
            action: 'dynamodb:PutItem',
            resource: table,
            count: 1,
            statement: { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table },
          },
        ],
      },
    ]);
    expect((await shown('?role=nobody')).roles).toEqual([]);
  });

  it('begins anew when the cloud is reset', async () => {
    const before = (await shown()).since;
    await cloud.controls.reset();
    const { since, roles } = await shown();
    expect(Date.parse(since)).toBeGreaterThanOrEqual(Date.parse(before));
    expect(roles[0].granted.flatMap(({ used }: { used: unknown[] }) => used)).toEqual([]);
    expect(roles[0].denied).toEqual([]);
  });
});
