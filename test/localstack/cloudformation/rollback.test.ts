import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

let cloud: Cloud;
const fresh = async () => {
  await cloud?.stop();
  cloud = await startCloud({ port: 0 });
};
beforeAll(fresh);
afterEach(() => cloud.controls.faults.clear());
afterAll(() => cloud.stop());

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
type Any = any;
type Resources = Record<string, { Type: string; Properties: object; DependsOn?: string[] }>;

const call = (service: string, operation: string, input: object = {}): Promise<Any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const run = (operation: string, StackName: string, Resources?: Resources, more: object = {}) =>
  call('cloudformation', operation, {
    StackName,
    ...(Resources && { TemplateBody: JSON.stringify({ Resources }), Capabilities: ['CAPABILITY_NAMED_IAM'] }),
    ...more,
  });
const status = async (name: string) => (await run('DescribeStacks', name)).Stacks[0].StackStatus as string;
/** Oldest first. */
const events = async (name: string): Promise<Record<string, string>[]> => {
  const { StackEvents } = await run('DescribeStackEvents', name);
  return StackEvents.reverse();
};

/** Everything that there is, as the services themselves describe it. */
async function everything(): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const QueueUrl of (await call('sqs', 'ListQueues')).QueueUrls ?? []) {
    const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    const { LastModifiedTimestamp: _, ...attributes } = Attributes;
    seen[QueueUrl] = { attributes, tags: await call('sqs', 'ListQueueTags', { QueueUrl }) };
  }
  for (const TableName of (await call('dynamodb', 'ListTables')).TableNames) {
    const { Table } = await call('dynamodb', 'DescribeTable', { TableName });
    const { BillingModeSummary, TableStatus: _, LatestStreamArn: _a, LatestStreamLabel: _l, ...table } = Table;
    table.AttributeDefinitions.sort((a: Any, b: Any) => a.AttributeName.localeCompare(b.AttributeName));
    seen[`table ${TableName}`] = {
      ...table,
      billing: BillingModeSummary?.BillingMode ?? 'PROVISIONED',
      ttl: (await call('dynamodb', 'DescribeTimeToLive', { TableName })).TimeToLiveDescription,
      tags: await call('dynamodb', 'ListTagsOfResource', { ResourceArn: Table.TableArn }),
    };
  }
  for (const { RoleName } of (await call('iam', 'ListRoles')).Roles) {
    const { PolicyNames } = await call('iam', 'ListRolePolicies', { RoleName });
    const policies = await Promise.all(
      PolicyNames.map((PolicyName: string) => call('iam', 'GetRolePolicy', { RoleName, PolicyName })),
    );
    const { Role } = await call('iam', 'GetRole', { RoleName });
    // IAM can set a description to nothing, but not take it away.
    seen[`role ${RoleName}`] = { ...Role, Description: Role.Description || undefined, policies };
  }
  for (const { Name } of (await call('ssm', 'DescribeParameters')).Parameters) {
    const { Parameter } = await call('ssm', 'GetParameter', { Name });
    seen[`parameter ${Name}`] = [Parameter.Value, Parameter.Type];
  }
  for (const { Name } of (await call('events', 'ListRules')).Rules) {
    const { Targets } = await call('events', 'ListTargetsByRule', { Rule: Name });
    seen[`rule ${Name}`] = { ...(await call('events', 'DescribeRule', { Name })), Targets };
  }
  return seen;
}

/** One resource of each kind in some form; `undefined` when the stack does not have it. */
const forms: Record<string, fc.Arbitrary<{ Type: string; Properties: object }>> = {
  Queue: fc
    .record({ fifo: fc.boolean(), delay: fc.integer({ min: 0, max: 3 }), tag: fc.option(fc.constantFrom('a', 'b')) })
    .map(({ fifo, delay, tag }) => ({
      Type: 'AWS::SQS::Queue',
      Properties: {
        DelaySeconds: delay,
        ...(fifo && { FifoQueue: true }),
        ...(tag && { Tags: [{ Key: 'k', Value: tag }] }),
      },
    })),
  Table: fc
    .record({
      key: fc.constantFrom('id', 'pk'),
      provisioned: fc.boolean(),
      stream: fc.option(fc.constantFrom('NEW_IMAGE', 'KEYS_ONLY')),
      ttl: fc.boolean(),
      index: fc.boolean(),
      protected: fc.boolean(),
    })
    .map((form) => ({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [
          { AttributeName: form.key, AttributeType: 'S' },
          ...(form.index ? [{ AttributeName: 'other', AttributeType: 'S' }] : []),
        ],
        KeySchema: [{ AttributeName: form.key, KeyType: 'HASH' }],
        ...(form.provisioned
          ? { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }
          : { BillingMode: 'PAY_PER_REQUEST' }),
        ...(form.index && {
          GlobalSecondaryIndexes: [
            {
              IndexName: 'by-other',
              KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
              ...(form.provisioned && { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }),
            },
          ],
        }),
        ...(form.stream && { StreamSpecification: { StreamViewType: form.stream } }),
        ...(form.ttl && { TimeToLiveSpecification: { AttributeName: 'until', Enabled: true } }),
      },
    })),
  Role: fc
    .record({
      path: fc.constantFrom('/', '/team/'),
      description: fc.option(fc.constant('d')),
      policies: fc.subarray(['p', 'q']),
    })
    .map(({ path, description, policies }) => ({
      Type: 'AWS::IAM::Role',
      Properties: {
        Path: path,
        ...(description && { Description: description }),
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: policies.map((PolicyName) => ({
          PolicyName,
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: `s3:${PolicyName}`, Resource: '*' }],
          },
        })),
      },
    })),
  Parameter: fc
    .record({ name: fc.constantFrom(undefined, '/named'), value: fc.constantFrom('1', '2') })
    .map(({ name, value }) => ({
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Value: value, ...(name && { Name: name }) },
    })),
  Rule: fc
    .record({ source: fc.constantFrom('shop', 'till'), targets: fc.subarray(['one', 'two']), disabled: fc.boolean() })
    .map(({ source, targets, disabled }) => ({
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: [source] },
        State: disabled ? 'DISABLED' : 'ENABLED',
        Targets: targets.map((Id) => ({ Id, Arn: `arn:aws:sqs:us-east-1:000000000000:${Id}` })),
      },
    })),
};
const names = Object.keys(forms);

/** A template with some of the resources, some of which wait for others. */
const stacks: fc.Arbitrary<Resources> = fc
  .record({
    present: fc.subarray(names, { minLength: 1 }),
    edges: fc.uniqueArray(fc.tuple(fc.nat(names.length - 1), fc.nat(names.length - 1)), { maxLength: 4 }),
    forms: fc.record(forms),
  })
  .map(({ present, edges, forms: chosen }) =>
    Object.fromEntries(
      present.map((name) => {
        // From later names to earlier ones: no circles.
        const waitsFor = edges.filter(([from, to]) => names[from] === name && to < from).map(([, to]) => names[to]!);
        const there = [...new Set(waitsFor.filter((other) => present.includes(other)))];
        return [name, { ...chosen[name]!, ...(there.length > 0 && { DependsOn: there }) }];
      }),
    ),
  );

/** Operations that change something, of which one is to fail: the `skip`th of its kind. */
const CHANGING = [
  ['sqs', 'CreateQueue'],
  ['sqs', 'SetQueueAttributes'],
  ['sqs', 'TagQueue'],
  ['dynamodb', 'CreateTable'],
  ['dynamodb', 'UpdateTable'],
  ['dynamodb', 'UpdateTimeToLive'],
  ['iam', 'CreateRole'],
  ['iam', 'PutRolePolicy'],
  ['iam', 'DeleteRolePolicy'],
  ['iam', 'UpdateRole'],
  ['ssm', 'PutParameter'],
  ['events', 'PutRule'],
  ['events', 'PutTargets'],
  ['events', 'RemoveTargets'],
] as const;

/** One failure; none of what follows it. */
function failOnce([service, operation]: readonly [string, string], skip: number): void {
  const rule = { fault: 'error', service, operation, caller: 'cloudformation', skip, times: 1 } as const;
  cloud.controls.faults.plan({ seed: 1, rules: [rule] });
}

test('whichever step of an update fails, everything is as before, and the next update works', async () => {
  let rolledBack = 0;
  await fc.assert(
    fc.asyncProperty(stacks, stacks, fc.constantFrom(...CHANGING), fc.nat(2), async (a, b, step, skip) => {
      // Something is left when the example before has failed.
      if (Object.keys(await everything()).length > 0) await fresh();
      await run('CreateStack', 'random', a);
      expect(await status('random')).toBe('CREATE_COMPLETE');
      const before = await everything();

      failOnce(step, skip);
      const differs = await run('UpdateStack', 'random', b).then(
        () => true,
        () => false,
      );
      cloud.controls.faults.clear();
      if ((await status('random')) === 'UPDATE_ROLLBACK_COMPLETE') {
        rolledBack++;
        expect(await everything()).toEqual(before);
        expect(
          (await run('ListStackResources', 'random')).StackResourceSummaries.map((r: Any) => r.LogicalResourceId),
        ).toEqual(Object.keys(a).sort());
        const failed = (await events('random')).filter(({ ResourceStatus }) => ResourceStatus!.endsWith('_FAILED'));
        expect(failed[0]!.ResourceStatusReason).toMatch(/HandlerErrorCode: ServiceInternalError\)$/);
        for (const { ResourceStatusReason } of failed.slice(1)) {
          expect(ResourceStatusReason).toMatch(/^Resource (creation|update) cancelled$/);
        }
        await run('UpdateStack', 'random', b);
        expect(await status('random')).toBe('UPDATE_COMPLETE');
      } else expect(await status('random')).toBe(differs ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE');
      // What cannot be deleted after a good update is left behind.
      const leftBehind = (await events('random')).some(({ ResourceStatus }) => ResourceStatus === 'DELETE_FAILED');
      await run('DeleteStack', 'random');
      if (!leftBehind) expect(await everything()).toEqual({});
    }),
    { numRuns: 100, endOnFailure: true },
  );
  // Otherwise nothing has been tried.
  expect(rolledBack).toBeGreaterThan(0);
});

test('whichever step of a creation fails, nothing is left', async () => {
  let rolledBack = 0;
  await fc.assert(
    fc.asyncProperty(stacks, fc.constantFrom(...CHANGING), fc.nat(2), async (a, step, skip) => {
      failOnce(step, skip);
      await run('CreateStack', 'new', a);
      cloud.controls.faults.clear();
      if ((await status('new')) === 'ROLLBACK_COMPLETE') {
        rolledBack++;
        expect(await everything()).toEqual({});
      } else expect(await status('new')).toBe('CREATE_COMPLETE');
      await run('DeleteStack', 'new');
      expect(await everything()).toEqual({});
    }),
    { numRuns: 60, endOnFailure: true },
  );
  expect(rolledBack).toBeGreaterThan(0);
});

const parameter = (Name: string, Value: string, more: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name, Value },
  ...more,
});
const queue = (properties: object = {}, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: properties,
  ...more,
});
const values = async () => {
  const { Parameters } = await call('ssm', 'GetParametersByPath', { Path: '/', Recursive: true });
  return Object.fromEntries(Parameters.map(({ Name, Value }: Record<string, string>) => [Name, Value]));
};
const told = (list: Record<string, string>[]) =>
  list.map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
    [LogicalResourceId, ResourceStatus, ...(ResourceStatusReason ? [ResourceStatusReason] : [])].join(' '),
  );

test('events tell the root cause first, then what was cancelled, then what is put back', async () => {
  await run('CreateStack', 'told', { A: parameter('/told/a', '1'), B: parameter('/told/b', '1') });
  const from = (await events('told')).length;
  failOnce(['ssm', 'PutParameter'], 0);
  await run('UpdateStack', 'told', {
    A: parameter('/told/a', '2'),
    B: parameter('/told/b', '2'),
    C: queue({}),
    Never: queue({}, { DependsOn: 'A' }),
  });
  const [begun, ...rest] = told((await events('told')).slice(from));
  expect(begun).toBe('told UPDATE_IN_PROGRESS User Initiated');
  const failed = rest.findIndex((event) => event.startsWith('A UPDATE_FAILED Resource handler returned message: '));
  const rollingBack = rest.indexOf(
    'told UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [C]. The following resource(s) failed to update: [A, B]. ',
  );
  expect(failed).toBeGreaterThan(0);
  expect(rollingBack).toBeGreaterThan(failed);
  expect(rest.slice(failed + 1, rollingBack).filter((event) => event.includes('FAILED'))).toEqual([
    'B UPDATE_FAILED Resource update cancelled',
    'C CREATE_FAILED Resource creation cancelled',
  ]);
  expect(rest.slice(rollingBack + 1)).toEqual([
    'A UPDATE_IN_PROGRESS',
    'A UPDATE_COMPLETE',
    'B UPDATE_IN_PROGRESS',
    'B UPDATE_COMPLETE',
    'told UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'C DELETE_IN_PROGRESS',
    'C DELETE_COMPLETE',
    'told UPDATE_ROLLBACK_COMPLETE',
  ]);
  expect(await values()).toEqual({ '/told/a': '1', '/told/b': '1' });
  await run('DeleteStack', 'told');
});

test('a rollback that fails itself is continued, or what stands in its way is skipped', async () => {
  const b = { A: parameter('/c/a', '2'), B: parameter('/c/b', '2', { DependsOn: 'A' }) };
  const broken = { fault: 'error', service: 'ssm', operation: 'PutParameter', caller: 'cloudformation' } as const;
  for (const ResourcesToSkip of [undefined, ['A']]) {
    await run('CreateStack', 'stuck', { A: parameter('/c/a', '1'), B: parameter('/c/b', '1') });
    await expect(run('ContinueUpdateRollback', 'stuck')).rejects.toThrow(/is in CREATE_COMPLETE state/);
    // The update of B fails, and so does going back with A.
    cloud.controls.faults.plan({
      seed: 1,
      rules: [
        { ...broken, target: '*c/b' },
        { ...broken, target: '*c/a', skip: 1 },
      ],
    });
    await run('UpdateStack', 'stuck', b);
    expect(await status('stuck')).toBe('UPDATE_ROLLBACK_FAILED');
    await expect(run('UpdateStack', 'stuck', b)).rejects.toThrow(/UPDATE_ROLLBACK_FAILED state and can not be updated/);
    cloud.controls.faults.clear();
    await expect(run('ContinueUpdateRollback', 'stuck', undefined, { ResourcesToSkip: ['X'] })).rejects.toThrow(
      /\[X\]/,
    );
    await run('ContinueUpdateRollback', 'stuck', undefined, ResourcesToSkip ? { ResourcesToSkip } : {});
    expect(await status('stuck')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await values()).toEqual({ '/c/a': ResourcesToSkip ? '2' : '1', '/c/b': '1' });
    await run('DeleteStack', 'stuck');
  }
});

test('what cannot be deleted keeps the stack, until it is deleted or retained', async () => {
  for (const RetainResources of [undefined, ['A']]) {
    await run('CreateStack', 'kept', { A: parameter('/k/a', '1'), B: parameter('/k/b', '1') });
    const rule = { fault: 'error', service: 'ssm', operation: 'DeleteParameter', target: '*k/a', times: 1 } as const;
    cloud.controls.faults.plan({ seed: 1, rules: [rule] });
    await run('DeleteStack', 'kept');
    const { Stacks } = await run('DescribeStacks', 'kept');
    expect(Stacks[0]).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The following resource(s) failed to delete: [A]. ',
    });
    expect(await values()).toEqual({ '/k/a': '1' });
    await run('DeleteStack', 'kept', undefined, RetainResources ? { RetainResources } : {});
    await expect(status('kept')).rejects.toThrow('Stack with id kept does not exist');
    expect(await values()).toEqual(RetainResources ? { '/k/a': '1' } : {});
  }
  await call('ssm', 'DeleteParameter', { Name: '/k/a' });
});

test('CancelUpdateStack finds no update that could be cancelled', async () => {
  await run('CreateStack', 'still', { A: parameter('/still', '1') });
  await expect(run('CancelUpdateStack', 'still')).rejects.toMatchObject({
    code: 'ValidationError',
    message: 'CancelUpdateStack cannot be called from current stack status',
  });
  await run('DeleteStack', 'still');
});
