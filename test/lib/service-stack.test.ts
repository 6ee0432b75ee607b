import { describe, expect, test } from '@jest/globals';
import { functionNames, stageConfig } from '../../lib/stage-config';
import { grantsOf, resource, resources, shortName, synthesise } from '../support/synthesised';

const { service } = synthesise('prod');
const local = synthesise('local').service;

const functions = Object.values(resources(service, 'AWS::Lambda::Function'));

describe('every function', () => {
  test('is one of those that handlers are written for', () => {
    expect(functions.map((f) => f.Properties.FunctionName)).toEqual(
      expect.arrayContaining(functionNames.map((name) => `orders-prod-${name}`)),
    );
    expect(functions).toHaveLength(functionNames.length);
  });

  test('runs on nodejs24.x and ARM64, traced, with source maps', () => {
    service.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
    for (const { Properties } of functions) {
      expect(Properties.Environment).toMatchObject({ Variables: { NODE_OPTIONS: '--enable-source-maps' } });
    }
  });

  test('knows the tables, the bus and the stage', () => {
    for (const { Properties } of functions) {
      const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
      expect(
        Object.fromEntries(
          ['EVENTS_TABLE', 'INBOX_TABLE', 'VIEWS_TABLE', 'KEYS_TABLE'].map((n) => [n, shortName(Variables[n])]),
        ),
      ).toEqual({ EVENTS_TABLE: 'Events', INBOX_TABLE: 'Inbox', VIEWS_TABLE: 'Views', KEYS_TABLE: 'Keys' });
      expect(Variables).toMatchObject({ ORDER_BUS: 'orders-prod', STAGE: 'prod' });
    }
  });

  test('that writes loses its patience in a line well before its time is up', () => {
    const settings = functions.map(({ Properties }) => ({
      timeout: Properties.Timeout as number,
      patience: (Properties.Environment as { Variables: Record<string, unknown> }).Variables.LINE_PATIENCE_SECONDS,
    }));
    const patient = settings.filter(({ patience }) => patience !== undefined);
    expect(patient).toHaveLength(4);
    for (const { timeout, patience } of patient) {
      expect(Number(patience)).toBeGreaterThanOrEqual(5);
      expect(Number(patience)).toBeLessThanOrEqual(timeout * 0.7);
    }
  });

  test('has a role and a log group of its own', () => {
    const roles = functions.map((f) => JSON.stringify(f.Properties.Role));
    const logGroups = functions.map((f) => JSON.stringify(f.Properties.LoggingConfig));
    expect(new Set(roles).size).toBe(functions.length);
    expect(new Set(logGroups).size).toBe(functions.length);
    service.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 180 });
  });

  test('has no managed policy, and no resource with a wildcard but X-Ray’s', () => {
    for (const role of Object.values(resources(service, 'AWS::IAM::Role'))) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
    const wildcards = constructs.flatMap((name) => grantsOf(service, name)).filter((grant) => grant.includes('*'));
    expect(new Set(wildcards)).toEqual(new Set(['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *']));
  });
});

/** Every function, by the name of its construct: `IngestOrders`. */
const constructs = functionNames.map((name) => name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase()));

describe('least privilege', () => {
  const note = ['PutItem', 'UpdateItem'].map((action) => `dynamodb:${action} on Insights`);
  /** Without what every function may do: write to its own log group, and note what fails. */
  const own = (construct: string) =>
    grantsOf(local, construct).filter((grant) => !grant.startsWith('logs:') && !note.includes(grant));

  const append = ['ConditionCheckItem', 'PutItem', 'Query'].map((action) => `dynamodb:${action} on Events`);
  const seal = ['GetItem', 'PutItem'].map((action) => `dynamodb:${action} on Keys`);
  const claim = ['PutItem', 'DeleteItem', 'GetItem', 'BatchWriteItem'].map((action) => `dynamodb:${action} on Inbox`);
  const line = ['dynamodb:UpdateItem on Inbox'];
  const follow = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
    (action) => `dynamodb:${action} on Events stream`,
  );
  const readViews = [
    ...['BatchGetItem', 'Query'].map((action) => `dynamodb:${action} on Views`),
    ...[
      'events-by-correlation',
      'events-by-time',
      'events-by-type',
      'faults',
      'orders-by-status',
      'orders-by-user',
    ].map((index) => `dynamodb:Query on Views/index/${index}`),
  ];
  const watch = [
    'dynamodb:Query on Insights',
    ...[
      ...['FeedDlq', 'FeedRedrive', 'IngestDlq', 'InsightsDlq', 'InsightsFacts', 'InventoryRedelivery'],
      ...['OrdersRedelivery', 'ProjectionDlq', 'Rebuild', 'RebuildDlq', 'Unrouted', 'UsersRedelivery', 'ViewsRedrive'],
    ].map((queue) => `sqs:GetQueueAttributes on ${queue}`),
  ];
  const consume = (queue: string) =>
    ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action} on ${queue}`);
  const redeliver = ['Inventory', 'Orders', 'Users'].map((name) => `sqs:SendMessage on ${name}Redelivery`);

  test.each(['Orders', 'Inventory', 'Users'])('ingest of %s appends, parks and says what it rejects', (name) => {
    expect(own(`Ingest${name}`)).toEqual(
      [
        ...append,
        ...claim,
        'dynamodb:Query on Inbox',
        'dynamodb:ConditionCheckItem on Inbox',
        ...seal,
        ...line,
        'events:PutEvents on OrderBus',
        ...consume(`${name}Redelivery`),
        'sqs:SendMessage on IngestDlq',
      ].sort(),
    );
  });

  test('project-views reads streams, writes rows and says what it cannot project', () => {
    expect(own('ProjectViews')).toEqual(
      [
        ...['BatchGetItem', 'Query'].map((action) => `dynamodb:${action} on Events`),
        ...follow,
        ...consume('ViewsRedrive'),
        'dynamodb:BatchGetItem on Views',
        'dynamodb:PutItem on Views',
        'events:PutEvents on OrderBus',
        'sqs:SendMessage on ProjectionDlq',
      ].sort(),
    );
  });

  test('project-feed reads streams, writes feed rows, publishes facts and redelivers', () => {
    expect(own('ProjectFeed')).toEqual(
      [
        'dynamodb:BatchGetItem on Events',
        ...follow,
        ...consume('FeedRedrive'),
        'dynamodb:Query on Inbox',
        'dynamodb:BatchWriteItem on Views',
        'dynamodb:BatchWriteItem on Insights',
        'dynamodb:PutItem on Views',
        'events:PutEvents on OrderBus',
        'sqs:SendMessage on FeedDlq',
        ...redeliver,
      ].sort(),
    );
  });

  test('sweep-inbox searches the Inbox and redelivers', () => {
    expect(own('SweepInbox')).toEqual(['dynamodb:Query on Inbox/index/by-state', ...redeliver].sort());
  });

  test('command-api appends, records refusals and puts events on the bus', () => {
    expect(own('CommandApi')).toEqual([...append, ...claim, ...seal, ...line, 'events:PutEvents on OrderBus'].sort());
  });

  test('query-api only reads', () => {
    expect(own('QueryApi')).toEqual(
      [
        ...['BatchGetItem', 'Query'].map((action) => `dynamodb:${action} on Events`),
        ...readViews,
        'dynamodb:Query on Insights/index/top',
        'dynamodb:GetItem on Keys',
        ...watch,
      ].sort(),
    );
  });

  test('monitor looks at everything, opens nothing, and says what has become a dead letter', () => {
    expect(own('Monitor')).toEqual(
      [
        'dynamodb:Query on Events',
        'dynamodb:BatchGetItem on Views',
        ...['events-by-time', 'faults', 'orders-by-status'].map((index) => `dynamodb:Query on Views/index/${index}`),
        ...watch,
        'events:PutEvents on OrderBus',
      ].sort(),
    );
  });

  test('insights take facts, count them, and know the generations of their counters', () => {
    expect(own('Insights')).toEqual(
      [
        ...consume('InsightsFacts'),
        'dynamodb:BatchGetItem on Insights',
        'dynamodb:BatchGetItem on Views',
        'dynamodb:PutItem on Views',
      ].sort(),
    );
  });

  test('rebuild scans the events, writes and removes copies of read models and counters, and passes on what is left', () => {
    expect(own('Rebuild')).toEqual(
      [
        ...['Query', 'Scan'].map((action) => `dynamodb:${action} on Events`),
        ...['BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query', 'Scan'].map(
          (action) => `dynamodb:${action} on Views`,
        ),
        ...['BatchGetItem', 'BatchWriteItem', 'Scan'].map((action) => `dynamodb:${action} on Insights`),
        ...consume('Rebuild'),
        ...['Rebuild', 'ProjectionDlq', 'FeedDlq'].map((queue) => `sqs:SendMessage on ${queue}`),
      ].sort(),
    );
  });

  test.each(constructs)('%s can note what fails', (name) => {
    expect(grantsOf(local, name)).toEqual(expect.arrayContaining(note));
  });

  // What is proved of the grants of stage local (test/e2e/grants.test.ts) so holds for the others.
  test.each(constructs)('%s may do the same in every stage, but for X-Ray where it is traced', (name) => {
    const others = grantsOf(service, name).filter((grant) => !grant.startsWith('xray:'));
    expect(others).toEqual(grantsOf(local, name));
  });

  test('whose personal data can be read, only they can read who write or show them', () => {
    const onKeys = constructs.filter((name) => grantsOf(service, name).some((grant) => grant.endsWith(' on Keys')));
    expect(onKeys).toEqual(['IngestOrders', 'IngestInventory', 'IngestUsers', 'CommandApi', 'QueryApi']);
  });

  test('nobody can change or delete an event', () => {
    const onEvents = constructs
      .flatMap((name) => grantsOf(service, name))
      .filter((grant) => grant.endsWith(' on Events'));
    const actions = new Set(onEvents.map((grant) => grant.split(' ')[0]));
    expect([...actions].sort()).toEqual(
      ['BatchGetItem', 'ConditionCheckItem', 'PutItem', 'Query', 'Scan'].map((action) => `dynamodb:${action}`),
    );
  });
});

describe('what cannot be delivered', () => {
  test('every rule on the bus has a retry policy and dead letters: the ingests’, or those of who takes the facts', () => {
    const rules = Object.values(resources(service, 'AWS::Events::Rule')).filter((r) => r.Properties.EventBusName);
    expect(rules).toHaveLength(5);
    for (const { Properties } of rules) {
      const { source } = Properties.EventPattern as { source: unknown[] };
      const targets = Properties.Targets as { DeadLetterConfig: { Arn: unknown }; RetryPolicy: Properties }[];
      expect(targets).toHaveLength(1);
      for (const { DeadLetterConfig, RetryPolicy } of targets) {
        expect(shortName(DeadLetterConfig.Arn)).toBe(source[0] === 'orderstream' ? 'InsightsDlq' : 'IngestDlq');
        expect(RetryPolicy).toEqual({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 });
      }
    }
  });

  test('every ingest that fails with an event puts it among the ingest dead letters', () => {
    const configs = Object.values(resources(service, 'AWS::Lambda::EventInvokeConfig')).filter(
      (config) => config.Properties.DestinationConfig,
    );
    expect(configs).toHaveLength(3);
    for (const { Properties } of configs) {
      const { OnFailure } = Properties.DestinationConfig as { OnFailure: { Destination: unknown } };
      expect(shortName(OnFailure.Destination)).toBe('IngestDlq');
      expect(Properties.MaximumRetryAttempts).toBe(2);
    }
  });

  test('the monitor looks every minute, and once a day where time is moved on by weeks', () => {
    expect(resource(service, 'AWS::Events::Rule', 'MonitorTicker').Properties.ScheduleExpression).toBe(
      'rate(1 minute)',
    );
    expect(resource(local, 'AWS::Events::Rule', 'MonitorTicker').Properties.ScheduleExpression).toBe('rate(1 day)');
  });

  test('a tick of the sweep is not kept: the next one does its work', () => {
    expect(resource(service, 'AWS::Lambda::EventInvokeConfig', 'SweepTicker').Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  test.each([
    ['ViewsProjector', 'ProjectViews', 'ProjectionDlq', 'PROJECTION_DLQ_URL'],
    ['FeedProjector', 'ProjectFeed', 'FeedDlq', 'FEED_DLQ_URL'],
  ])('%s sets aside what its function cannot pass', (projector, fn, queue, variable) => {
    const mapping = mappingOf(`${projector}Mapping`);
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 100,
      ParallelizationFactor: 10,
      MaximumRetryAttempts: 10_000,
      MaximumRecordAgeInSeconds: 12 * 3600,
    });
    const { OnFailure } = mapping.DestinationConfig as { OnFailure: { Destination: unknown } };
    expect(shortName(OnFailure.Destination)).toBe(queue);
    expect(shortName(mapping.EventSourceArn)).toBe('Events stream');
    const { Variables } = resource(service, 'AWS::Lambda::Function', fn).Properties.Environment as {
      Variables: Properties;
    };
    expect(shortName(Variables[variable])).toBe(queue);
  });
});

type Properties = Record<string, unknown>;

const mappingOf = (construct: string) => resource(service, 'AWS::Lambda::EventSourceMapping', construct).Properties;

test.each(['Orders', 'Inventory', 'Users'])('%s come again by a redelivery queue of their own', (name) => {
  const mapping = mappingOf(`Ingest${name}Subscriber`);
  expect(shortName(mapping.EventSourceArn)).toBe(`${name}Redelivery`);
  expect(mapping).toMatchObject({
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 50 },
  });
});

test.each([
  ['ViewsProjector', 'ViewsRedrive'],
  ['FeedProjector', 'FeedRedrive'],
])('%s takes up again what is put in a queue of its own', (projector, queue) => {
  const mapping = mappingOf(`${projector}Redrive`);
  expect(shortName(mapping.EventSourceArn)).toBe(queue);
  expect(mapping).toMatchObject({
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 50 },
  });
});

test('a mapping is made after the permissions that Lambda tries when it is made', () => {
  const mappings = Object.values(resources(service, 'AWS::Lambda::EventSourceMapping'));
  expect(mappings).toHaveLength(9);
  for (const { Properties, DependsOn } of mappings) {
    const fn = shortName(Properties.FunctionName).replace(/Function$/, '');
    expect(DependsOn).toEqual([expect.stringMatching(new RegExp(`^${fn}RoleDefaultPolicy`))]);
  }
});

describe('facts', () => {
  test('are believed only from the projectors, the ingests and the monitor', () => {
    const policy = resource(service, 'AWS::Events::EventBusPolicy', 'FactGuard');
    const { Condition, ...statement } = policy.Properties.Statement as Properties & { Condition: Properties };
    expect(statement).toMatchObject({ Effect: 'Deny', Principal: '*', Action: 'events:PutEvents' });
    expect(Condition['ForAnyValue:StringEquals']).toEqual({ 'events:source': 'orderstream' });
    const { 'aws:PrincipalArn': roles } = Condition.ArnNotEquals as { 'aws:PrincipalArn': unknown[] };
    expect(roles.map(shortName)).toEqual([
      'ProjectViewsRole',
      'ProjectFeedRole',
      'IngestOrdersRole',
      'IngestInventoryRole',
      'IngestUsersRole',
      'MonitorRole',
    ]);
  });
});

describe('the function URLs', () => {
  test('ask for signed requests', () => {
    service.resourceCountIs('AWS::Lambda::Url', 2);
    service.allResourcesProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
    expect(JSON.stringify(resources(service, 'AWS::Lambda::Permission'))).not.toContain('"Principal":"*"');
  });

  test('are open on the local machine', () => {
    local.allResourcesProperties('AWS::Lambda::Url', { AuthType: 'NONE' });
  });

  test('are outputs', () => {
    expect(Object.keys(service.toJSON().Outputs)).toEqual(['CommandUrl', 'QueryUrl']);
  });
});

describe('concurrency', () => {
  test('is reserved for nobody, so that an account with a low limit can deploy', () => {
    for (const { Properties } of functions) expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  test('is reserved where a stage sets it', () => {
    const limited = synthesise({ ...stageConfig('dev'), reservedConcurrency: { 'ingest-orders': 20 } }).service;
    const reserved = Object.values(resources(limited, 'AWS::Lambda::Function')).map((f) => [
      f.Properties.FunctionName,
      f.Properties.ReservedConcurrentExecutions,
    ]);
    expect(reserved.filter(([, limit]) => limit !== undefined)).toEqual([['orders-dev-ingest-orders', 20]]);
  });
});

test('nothing in either stack is made by code that CDK brings along', () => {
  const { data } = synthesise('dev');
  for (const template of [data, service, local]) {
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map((r) => r.Type);
    expect(types.filter((type) => /^(Custom::|AWS::CloudFormation::CustomResource)/.test(type))).toEqual([]);
  }
});
