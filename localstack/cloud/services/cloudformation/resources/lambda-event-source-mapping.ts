import type { Properties, ResourceHandler } from './handler';
import { differ, pick, typed } from './pick';
import { tagChanges, tagMap } from './tags';

/** Properties that can be changed, with what a mapping has that does not set them. */
const CHANGEABLE: Readonly<Record<string, unknown>> = {
  BatchSize: undefined,
  BisectBatchOnFunctionError: false,
  DestinationConfig: {},
  Enabled: true,
  FilterCriteria: {},
  FunctionName: undefined,
  FunctionResponseTypes: [],
  MaximumBatchingWindowInSeconds: 0,
  MaximumRecordAgeInSeconds: -1,
  MaximumRetryAttempts: -1,
  ParallelizationFactor: 1,
  ScalingConfig: {},
  TumblingWindowInSeconds: 0,
};

const NUMBERS = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'TumblingWindowInSeconds',
  'MaximumConcurrency',
];
const BOOLEANS = ['Enabled', 'BisectBatchOnFunctionError'];

/** AWS::Lambda::EventSourceMapping. */
export const lambdaEventSourceMapping: ResourceHandler = {
  properties: [...Object.keys(CHANGEABLE), 'EventSourceArn', 'StartingPosition', 'StartingPositionTimestamp', 'Tags'],
  refused: [
    'AmazonManagedKafkaEventSourceConfig',
    'DocumentDBEventSourceConfig',
    'KmsKeyArn',
    'LoggingConfig',
    'MetricsConfig',
    'ProvisionedPollerConfig',
    'Queues',
    'SelfManagedEventSource',
    'SelfManagedKafkaEventSourceConfig',
    'SourceAccessConfigurations',
    'Topics',
  ],
  required: ['FunctionName'],
  createOnly: ['EventSourceArn', 'StartingPosition', 'StartingPositionTimestamp'],

  create: async (properties, { call }) => {
    const { Tags, ...rest } = properties;
    const mapping = await call('lambda', 'CreateEventSourceMapping', {
      ...(typed(rest, [...NUMBERS, 'StartingPositionTimestamp'], BOOLEANS) as object),
      ...(Tags && { Tags: tagMap(Tags) }),
    });
    return {
      physicalId: mapping.UUID,
      attributes: { Id: mapping.UUID, EventSourceMappingArn: mapping.EventSourceMappingArn },
    };
  },

  update: async (UUID, properties, before, { call }) => {
    const changed = changes(properties, before);
    const { set, removed } = tagChanges(properties.Tags, before.Tags);
    const mapping =
      Object.keys(changed).length > 0
        ? await call('lambda', 'UpdateEventSourceMapping', { UUID, ...changed })
        : await call('lambda', 'GetEventSourceMapping', { UUID });
    const Resource = mapping.EventSourceMappingArn;
    if (set.length > 0) await call('lambda', 'TagResource', { Resource, Tags: tagMap(set) });
    if (removed.length > 0) await call('lambda', 'UntagResource', { Resource, TagKeys: removed });
  },

  delete: (UUID, _properties, { call }) => call('lambda', 'DeleteEventSourceMapping', { UUID }),
};

function changes(properties: Properties, before: Properties): object {
  const changed: Record<string, unknown> = {};
  for (const [name, fallback] of Object.entries(CHANGEABLE)) {
    if (differ(properties, before, [name])) changed[name] = properties[name] ?? fallback ?? batchSize(properties);
  }
  return typed(pick(changed, Object.keys(changed)), NUMBERS, BOOLEANS) as object;
}

/** The one default that depends on the source. */
const batchSize = ({ EventSourceArn }: Properties) => (String(EventSourceArn).startsWith('arn:aws:sqs:') ? 10 : 100);
