import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  ListUsersCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../localstack/cloud/core/service';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';

let cloud: SmallCloud;
let iam: IAMClient;
beforeAll(async () => {
  cloud = await smallCloud();
  iam = new IAMClient(cloud.client());
});
afterAll(() => cloud.stop());

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const policy = (Action: string, Resource = '*', more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource, ...more }] });

async function newRole(RoleName: string): Promise<Principal> {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  const { accessKeyId } = cloud.registry.peer('iam').issueCredentials(Role!.Arn!, 'test', 3600);
  return cloud.registry.peer('iam').resolve(accessKeyId)!;
}
const authorize = (principal: Principal, action: string, resource = '*', context = {}) =>
  cloud.registry.peer('iam').authorize(principal, [{ action, resource, context }]);

describe('what a role may do', () => {
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/Events';

  test('nothing, until a policy allows it, and nothing any more when that is gone', async () => {
    const role = await newRole('inline');
    const put = () => authorize(role, 'dynamodb:PutItem', table);
    expect(put).toThrow(
      'User: arn:aws:sts::000000000000:assumed-role/inline/test is not authorized to perform: dynamodb:PutItem ' +
        `on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    );
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'inline', PolicyName: 'p', PolicyDocument: policy('dynamodb:*', table) }),
    );
    put();
    put();
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'inline', PolicyName: 'p' }));
    expect(put).toThrow(/no identity-based policy allows/);
  });

  test('an explicit deny is named as such', async () => {
    const role = await newRole('denied');
    const PolicyDocument = policy('dynamodb:*', '*', { Effect: 'Deny' });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'denied', PolicyName: 'no', PolicyDocument }));
    expect(() => authorize(role, 'dynamodb:PutItem', table)).toThrow(
      /with an explicit deny in an identity-based policy$/,
    );
  });

  test('a condition is judged at every call', async () => {
    const role = await newRole('conditional');
    const PolicyDocument = policy('events:PutEvents', '*', {
      Condition: { StringEquals: { 'events:source': 'shop' } },
    });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'conditional', PolicyName: 'p', PolicyDocument }));
    authorize(role, 'events:PutEvents', '*', { 'events:source': 'shop' });
    expect(() => authorize(role, 'events:PutEvents', '*', { 'events:source': 'thief' })).toThrow();
    authorize(role, 'events:PutEvents', '*', { 'events:source': 'shop' });
  });

  test('follows the default version of a managed policy', async () => {
    const role = await newRole('managed');
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'mine', PolicyDocument: policy('sqs:SendMessage') }),
    );
    const PolicyArn = Policy!.Arn!;
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'managed', PolicyArn }));
    authorize(role, 'sqs:SendMessage');
    await iam.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policy('sqs:Receive*'), SetAsDefault: true }),
    );
    expect(() => authorize(role, 'sqs:SendMessage')).toThrow();
    authorize(role, 'sqs:ReceiveMessage');
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'managed', PolicyArn }));
    expect(() => authorize(role, 'sqs:ReceiveMessage')).toThrow();
  });

  test('a permissions boundary takes away and gives nothing', async () => {
    const role = await newRole('bounded');
    await iam.send(new PutRolePolicyCommand({ RoleName: 'bounded', PolicyName: 'p', PolicyDocument: policy('sqs:*') }));
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'bound', PolicyDocument: policy('sqs:Send*') }),
    );
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'bounded', PermissionsBoundary: Policy!.Arn! }));
    authorize(role, 'sqs:SendMessage');
    expect(() => authorize(role, 'sqs:ReceiveMessage')).toThrow();
  });

  test("AWS's own policies have their own documents", async () => {
    const role = await newRole('basic');
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'basic', PolicyArn }));
    authorize(role, 'logs:PutLogEvents');
    expect(() => authorize(role, 'logs:DeleteLogGroup')).toThrow();
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!)).Statement[0].Action).toContain(
      'logs:CreateLogStream',
    );
  });
});

describe('over the wire', () => {
  test('a role comes back as it was made', async () => {
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'described',
        Path: '/service/',
        Description: 'A role',
        AssumeRolePolicyDocument: trust,
        Tags: [{ Key: 'stage', Value: 'local' }],
      }),
    );
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'described' }));
    expect(Role).toMatchObject({
      Arn: 'arn:aws:iam::000000000000:role/service/described',
      Description: 'A role',
      MaxSessionDuration: 3600,
      Tags: [{ Key: 'stage', Value: 'local' }],
    });
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(trust);
    const { Roles } = await iam.send(new ListRolesCommand({ PathPrefix: '/service/' }));
    expect(Roles!.map(({ RoleName }) => RoleName)).toEqual(['described']);
  });

  test('errors have the codes of IAM', async () => {
    await newRole('twice');
    const create = (document: string) =>
      iam.send(new CreateRoleCommand({ RoleName: 'twice', AssumeRolePolicyDocument: document }));
    await expect(create(trust)).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name nobody cannot be found.',
    });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'twice', PolicyName: 'p', PolicyDocument: policy('sqs:*') }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName: 'twice' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    for (const PolicyDocument of ['{', '{}', policy('sqs'), policy('sqs:*', '*', { Principal: '*' })]) {
      await expect(
        iam.send(new PutRolePolicyCommand({ RoleName: 'twice', PolicyName: 'bad', PolicyDocument })),
      ).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
    }
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'twice' }));
    expect(AttachedPolicies ?? []).toEqual([]);
  });

  test('users are refused by name', async () => {
    await expect(iam.send(new ListUsersCommand({}))).rejects.toThrow(/^iam:ListUsers is not implemented/);
  });
});
