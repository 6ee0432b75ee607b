import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, roleArn } from '../kms/key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  await cloud.role('reader');
  await cloud.role('admin', { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' });
});
afterAll(() => cloud.stop());

const db = (operation: string, input: object, as?: string) => cloud.call('dynamodb', operation, input, as);
const may = (operation: string, input: object, as: string, service = 'dynamodb') => {
  try {
    cloud.judge(service, operation, input, as);
    return 'yes';
  } catch (error) {
    return (error as Error).message.replace(/^.* because /, '').replace(/^.* with /, 'with ');
  }
};
const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${name}`;
const create = async (TableName: string, more: object = {}) =>
  (
    await db('CreateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-pk',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      ...more,
    })
  ).TableDescription;
const statement = (Action: string, Resource: string | string[], Effect = 'Allow', AWS = roleArn('reader')) => ({
  Effect,
  Principal: { AWS },
  Action,
  Resource,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const get = (TableName: string) => ({ TableName, Key: { pk: { S: 'a' } } });

test('a role may do what the policy of the table, of its index or its stream allows', async () => {
  const { LatestStreamArn: stream } = await create('open');
  const arn = tableArn('open');
  expect(may('GetItem', get('open'), 'reader')).toBe('no identity-based policy allows the dynamodb:GetItem action');
  await db('PutResourcePolicy', { ResourceArn: arn, Policy: policy(statement('dynamodb:GetItem', arn)) });
  expect(may('GetItem', get('open'), 'reader')).toBe('yes');
  const query = { TableName: 'open', IndexName: 'by-pk' };
  expect(may('Query', query, 'reader')).toContain('no identity-based policy allows');
  const both = statement('dynamodb:*', [arn, `${arn}/index/*`]);
  await db('PutResourcePolicy', { ResourceArn: arn, Policy: policy(both) });
  expect(may('Query', query, 'reader')).toBe('yes');
  const described = () => may('DescribeStream', { StreamArn: stream }, 'reader', 'dynamodbstreams');
  expect(described()).toContain('no identity-based policy allows');
  const Policy = policy(statement('dynamodb:DescribeStream', stream));
  await db('PutResourcePolicy', { ResourceArn: stream, Policy });
  expect(described()).toBe('yes');
  await db('DeleteResourcePolicy', { ResourceArn: arn });
  expect(may('GetItem', get('open'), 'reader')).toContain('no identity-based policy allows');
  expect(described()).toBe('yes');
});

test('what the policy denies, nobody may, whatever their own policies say', async () => {
  const arn = tableArn('kept');
  const Policy = policy(statement('dynamodb:DeleteItem', arn, 'Deny', roleArn('admin')));
  await create('kept', { ResourcePolicy: Policy });
  expect(may('DeleteItem', get('kept'), 'admin')).toBe('with an explicit deny in a resource-based policy');
  expect(may('GetItem', get('kept'), 'admin')).toBe('yes');
  expect(await db('GetResourcePolicy', { ResourceArn: arn })).toEqual({
    Policy,
    RevisionId: expect.stringMatching(/^\d+$/),
  });
});

test('whoever makes a table with a policy must be allowed to put policies', async () => {
  const table = { TableName: 'made', ResourcePolicy: '{}' };
  await cloud.role('maker', { Effect: 'Allow', Action: 'dynamodb:CreateTable', Resource: '*' });
  expect(may('CreateTable', table, 'maker')).toBe(
    'no identity-based policy allows the dynamodb:PutResourcePolicy action',
  );
  expect(may('CreateTable', { TableName: 'made' }, 'maker')).toBe('yes');
});

test('revisions: the same policy keeps its own, and who expects another one changes nothing', async () => {
  await create('revised');
  const ResourceArn = tableArn('revised');
  const put = async (action: string, ExpectedRevisionId?: string) =>
    (
      await db('PutResourcePolicy', {
        ResourceArn,
        Policy: policy(statement(action, ResourceArn)),
        ...(ExpectedRevisionId && { ExpectedRevisionId }),
      })
    ).RevisionId;
  await expect(db('GetResourcePolicy', { ResourceArn })).rejects.toMatchObject({ code: 'PolicyNotFoundException' });
  const first = await put('dynamodb:GetItem', 'NO_POLICY');
  expect(await put('dynamodb:GetItem')).toBe(first);
  await expect(put('dynamodb:Query', 'NO_POLICY')).rejects.toMatchObject({ code: 'PolicyNotFoundException' });
  const second = await put('dynamodb:Query', first);
  expect(second).not.toBe(first);
  const remove = (ExpectedRevisionId?: string) =>
    db('DeleteResourcePolicy', { ResourceArn, ...(ExpectedRevisionId && { ExpectedRevisionId }) });
  await expect(remove(first)).rejects.toMatchObject({ code: 'PolicyNotFoundException' });
  expect(await remove(second)).toEqual({ RevisionId: second });
  expect(await remove()).toEqual({ RevisionId: '' });
  await expect(remove(second)).rejects.toMatchObject({ code: 'PolicyNotFoundException' });
});

test('a policy that is none, is too large, or locks out who puts it, is refused', async () => {
  await create('checked');
  const ResourceArn = tableArn('checked');
  const put = (Policy: string, more: object = {}) => db('PutResourcePolicy', { ResourceArn, Policy, ...more }, 'admin');
  await expect(put('{')).rejects.toMatchObject({ code: 'ValidationException' });
  await expect(put(' '.repeat(20_481))).rejects.toMatchObject({ code: 'ValidationException' });
  const locking = policy({ ...statement('dynamodb:*', '*', 'Deny'), Principal: '*' });
  await expect(put(locking)).rejects.toThrow(/ConfirmRemoveSelfResourceAccess/);
  await put(locking, { ConfirmRemoveSelfResourceAccess: true });
  await expect(db('PutResourcePolicy', { ResourceArn: tableArn('none'), Policy: locking })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});
