import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { DataStack } from '../../lib/data-stack';
import { stageConfig } from '../../lib/stage-config';
import { newApp, resource, resources, synthesise } from '../support/synthesised';

const prod = synthesise('prod').data;
const local = synthesise('local').data;

describe('the Events table', () => {
  test('is keyed by stream and version, on demand, without an index', () => {
    prod.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'stream', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'stream', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: Match.absent(),
      LocalSecondaryIndexes: Match.absent(),
    });
  });

  test('streams the new image of what is appended, and is the only table with a stream', () => {
    const streams = Object.values(resources(prod, 'AWS::DynamoDB::Table')).map((t) => t.Properties.StreamSpecification);
    expect(streams.filter(Boolean)).toEqual([{ StreamViewType: 'NEW_IMAGE' }]);
  });
});

test('the Inbox is searched by state and time, the Views by user, status, type, time, correlation and fault, insights by rank', () => {
  const indexes = Object.values(resources(prod, 'AWS::DynamoDB::Table')).flatMap((table) =>
    ((table.Properties.GlobalSecondaryIndexes ?? []) as Index[]).map((index) => [
      index.IndexName,
      ...index.KeySchema.map((key) => key.AttributeName),
      index.Projection.ProjectionType,
    ]),
  );
  expect(indexes).toEqual([
    ['by-state', 'stateShard', 'at', 'ALL'],
    ['orders-by-user', 'userKey', 'createdKey', 'ALL'],
    ['orders-by-status', 'statusShard', 'updatedKey', 'ALL'],
    ['events-by-type', 'typeShard', 'recordedKey', 'ALL'],
    ['events-by-time', 'timeShard', 'recordedKey', 'ALL'],
    ['events-by-correlation', 'correlationId', 'recordedKey', 'ALL'],
    ['faults', 'faultShard', 'pk', 'ALL'],
    ['top', 'topOf', 'quantity', 'ALL'],
  ]);
});

test('insights are counted in rows of their own table, ranked by a number, and go when their time is up', () => {
  expect(resource(prod, 'AWS::DynamoDB::Table', 'Insights').Properties).toMatchObject({
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: expect.arrayContaining([{ AttributeName: 'quantity', AttributeType: 'N' }]),
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
});

type Index = {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly Projection: { readonly ProjectionType: string };
};

describe.each(['local', 'dev', 'staging', 'prod'] as const)('the Keys table in %s', (stage) => {
  const keys = resource(synthesise(stage).data, 'AWS::DynamoDB::Table', 'Keys');

  test('can in no way come back in an earlier state, which would revive destroyed keys', () => {
    expect(keys.Properties.PointInTimeRecoverySpecification).toBeUndefined();
    expect(keys.Properties.StreamSpecification).toBeUndefined();
  });

  test('is keyed by owner, and keys with a time limit go by themselves', () => {
    expect(keys.Properties).toMatchObject({
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });
});

describe.each(['staging', 'prod'] as const)('in %s, data outlives its stack', (stage) => {
  const { data } = synthesise(stage);

  test.each(['AWS::DynamoDB::Table', 'AWS::SQS::Queue'])('every %s is retained', (type) => {
    const found = Object.values(resources(data, type));
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const { DeletionPolicy } of found) expect(DeletionPolicy).toBe('Retain');
  });

  test('tables are protected against deletion', () => {
    data.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  test('every table but that of the keys can be restored to any second', () => {
    const restorable = Object.entries(resources(data, 'AWS::DynamoDB::Table')).filter(
      ([, table]) => JSON.stringify(table.Properties.PointInTimeRecoverySpecification ?? {}) !== '{}',
    );
    expect(restorable.map(([id]) => id.replace(/Table[0-9A-F]{8}$/, ''))).toEqual([
      'EventStoreEvents',
      'Inbox',
      'Views',
      'Insights',
    ]);
    for (const [, { Properties }] of restorable)
      expect(Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  test('the stack itself cannot be destroyed by a slip', () => {
    expect(new DataStack(newApp(), stageConfig(stage)).terminationProtection).toBe(true);
  });
});

describe.each(['local', 'dev'] as const)('in %s, everything goes with the stack', (stage) => {
  test.each(['AWS::DynamoDB::Table', 'AWS::SQS::Queue'])('every %s is deleted', (type) => {
    for (const { DeletionPolicy } of Object.values(resources(synthesise(stage).data, type))) {
      expect(DeletionPolicy).toBe('Delete');
    }
  });
});

test('nothing but the bus has a fixed name, which a retained resource would block', () => {
  const names = Object.values(prod.toJSON().Resources as Record<string, { Type: string; Properties: object }>).flatMap(
    ({ Type, Properties }) =>
      Object.entries(Properties)
        .filter(([property]) => ['Name', 'TableName', 'QueueName'].includes(property))
        .map(([, name]) => `${Type} ${name}`),
  );
  expect(names).toEqual(['AWS::Events::EventBus orders-prod']);
});

describe('the queues', () => {
  const queues = Object.entries(resources(prod, 'AWS::SQS::Queue')).map(
    ([id, found]) => [id.replace(/Queue[0-9A-F]{8}$/, ''), found] as const,
  );
  const queue = (name: string) => new Map(queues).get(name)!;

  test('are encrypted', () => {
    prod.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  });

  test('refuse callers without TLS, except on the local machine', () => {
    const refusals = (template: typeof prod) =>
      JSON.stringify(resources(template, 'AWS::SQS::QueuePolicy')).match(/"aws:SecureTransport":"false"/g)?.length ?? 0;
    expect(refusals(prod)).toBe(Object.keys(resources(prod, 'AWS::SQS::Queue')).length);
    expect(refusals(local)).toBe(0);
  });

  /** Queues that a function consumes: what for, by whose timeout, and where it ends what it cannot take. */
  const { ingest, projector, rebuild } = stageConfig('prod').timeouts;
  test.each([
    ['OrdersRedelivery', 'parked orders, and dead letters of orders, go back to their ingest', ingest, 'IngestDlq'],
    ['InventoryRedelivery', 'the same of stock', ingest, 'IngestDlq'],
    ['UsersRedelivery', 'the same of users', ingest, 'IngestDlq'],
    ['ViewsRedrive', 'places in streams that project-views takes up again', projector, 'ProjectionDlq'],
    ['FeedRedrive', 'places in streams that project-feed takes up again', projector, 'FeedDlq'],
    ['InsightsFacts', 'facts that are to be counted', projector, 'InsightsDlq'],
    ['Rebuild', 'parts of the event table that make a generation', rebuild, 'RebuildDlq'],
  ])('%s (%s) waits six times as long as its consumer may take, then gives up', (id, _, timeout, deadLetters) => {
    expect(queue(id).Properties).toMatchObject({
      VisibilityTimeout: 6 * timeout,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${deadLetters}`)), 'Arn'] },
        maxReceiveCount: 5,
      },
    });
  });

  test('that nobody consumes are where a way ends', () => {
    const ends = queues.filter(([, { Properties }]) => !Properties.RedrivePolicy).map(([id]) => id);
    expect(ends).toEqual(['IngestDlq', 'ProjectionDlq', 'FeedDlq', 'Unrouted', 'RebuildDlq', 'InsightsDlq']);
    expect(queues).toHaveLength(ends.length + 7);
  });

  test('that end the way keep a message longer than the ones that lead there, because it keeps its age', () => {
    const days = (redrives: boolean) =>
      Object.values(resources(prod, 'AWS::SQS::Queue'))
        .filter((queue) => Boolean(queue.Properties.RedrivePolicy) === redrives)
        .map((queue) => Number(queue.Properties.MessageRetentionPeriod) / 86_400);
    expect(Math.min(...days(false))).toBe(14);
    expect(Math.max(...days(true))).toBeLessThan(14);
  });

  test('take messages from rules of this bus only', () => {
    const policies = Object.entries(resources(local, 'AWS::SQS::QueuePolicy'));
    // What an ingest could not be run with, what no rule takes, facts for the insights, and those that could not go there.
    expect(policies.map(([id]) => id.replace(/QueuePolicy[0-9A-F]{8}$/, ''))).toEqual([
      ...['IngestDlq', 'Unrouted', 'InsightsDlq', 'InsightsFacts'],
    ]);
    for (const [, { Properties }] of policies) {
      const document = Properties.PolicyDocument;
      expect(document).toMatchObject({
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/orders-local/*' } },
          },
        ],
      });
    }
  });
});

test('the outputs have the names that others rely on', () => {
  const names = Object.keys(prod.toJSON().Outputs).filter((name) => !name.startsWith('Exports'));
  expect(names).toEqual([
    'OrderBusName',
    'EventsTableName',
    'InboxTableName',
    'ViewsTableName',
    'KeysTableName',
    'IngestDlqUrl',
    'ProjectionDlqUrl',
    'FeedDlqUrl',
    'UnroutedQueueUrl',
    'InsightsTableName',
    'InsightsQueueUrl',
    'InsightsDlqUrl',
    'RebuildQueueUrl',
    'RebuildDlqUrl',
    'ViewsRedriveQueueUrl',
    'FeedRedriveQueueUrl',
    'OrdersRedeliveryQueueUrl',
    'InventoryRedeliveryQueueUrl',
    'UsersRedeliveryQueueUrl',
  ]);
});

test('stage local belongs to an account that AWS does not have', () => {
  const stack = new DataStack(newApp(), stageConfig('local'));
  expect([stack.account, stack.region]).toEqual(['000000000000', 'us-east-1']);
});
