import { refuseExisting } from './existence';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { asBoolean } from './pick';
import { tagChanges } from './tags';

/** Topic attributes that are properties of the same name. */
const ATTRIBUTES = [
  'DisplayName',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
  'ContentBasedDeduplication',
  'FifoThroughputScope',
];

type Subscription = { readonly Protocol: string; readonly Endpoint: string };

/** AWS::SNS::Topic, with the subscriptions that stand in it. */
export const snsTopic: ResourceHandler = {
  properties: [...ATTRIBUTES, 'TopicName', 'FifoTopic', 'Subscription', 'Tags'],
  refused: ['ArchivePolicy', 'DataProtectionPolicy', 'DeliveryStatusLogging'],
  createOnly: ['TopicName', 'FifoTopic'],
  nameProperty: 'TopicName',

  create: async (properties, context) => {
    const { account, region, call, newName } = context;
    const fifo = asBoolean(properties.FifoTopic);
    const Name = properties.TopicName ?? (fifo ? `${newName(251)}.fifo` : newName(256));
    if (properties.TopicName !== undefined) {
      const TopicArn = `arn:aws:sns:${region}:${account}:${Name}`;
      await refuseExisting('AWS::SNS::Topic', TopicArn, () => call('sns', 'GetTopicAttributes', { TopicArn }));
    }
    const { TopicArn } = await call('sns', 'CreateTopic', {
      Name,
      Attributes: { ...attributesIn(properties), ...(fifo && { FifoTopic: 'true' }) },
      ...(properties.Tags && { Tags: properties.Tags }),
    });
    await finish(TopicArn, () => subscribe(TopicArn, subscriptionsIn(properties), context));
    return { physicalId: TopicArn, attributes: { TopicArn, TopicName: Name } };
  },

  update: async (TopicArn, properties, before, context) => {
    const { call } = context;
    const [now, old] = [attributesIn(properties), attributesIn(before)];
    for (const AttributeName of ATTRIBUTES) {
      if (now[AttributeName] === old[AttributeName]) continue;
      const AttributeValue = now[AttributeName] ?? '';
      await call('sns', 'SetTopicAttributes', { TopicArn, AttributeName, AttributeValue });
    }
    const [wanted, had] = [subscriptionsIn(properties), subscriptionsIn(before)];
    const gone = had.filter((one) => !wanted.some((other) => isSame(one, other)));
    await unsubscribe(TopicArn, gone, context);
    await subscribe(TopicArn, wanted, context);
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length > 0) await call('sns', 'TagResource', { ResourceArn: TopicArn, Tags: tags.set });
    if (tags.removed.length > 0) await call('sns', 'UntagResource', { ResourceArn: TopicArn, TagKeys: tags.removed });
  },

  delete: (TopicArn, _properties, { call }) => call('sns', 'DeleteTopic', { TopicArn }),
};

const subscriptionsIn = ({ Subscription = [] }: Properties): readonly Subscription[] => Subscription;

const isSame = (a: Subscription, b: Subscription): boolean => a.Protocol === b.Protocol && a.Endpoint === b.Endpoint;

function attributesIn(properties: Properties): Record<string, string> {
  const given = ATTRIBUTES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, String(properties[name])]));
}

/** To subscribe what is subscribed already changes nothing. */
async function subscribe(
  TopicArn: string,
  subscriptions: readonly Subscription[],
  { call }: ResourceContext,
): Promise<void> {
  for (const one of subscriptions) await call('sns', 'Subscribe', { TopicArn, ...one });
}

async function unsubscribe(TopicArn: string, gone: readonly Subscription[], { call }: ResourceContext): Promise<void> {
  let NextToken: string | undefined;
  if (gone.length === 0) return;
  const found: string[] = [];
  do {
    const page = await call('sns', 'ListSubscriptionsByTopic', { TopicArn, NextToken });
    const listed = page.Subscriptions as (Subscription & { readonly SubscriptionArn: string })[];
    const those = listed.filter((one) => gone.some((other) => isSame(one, other)));
    found.push(...those.map(({ SubscriptionArn }) => SubscriptionArn));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  for (const SubscriptionArn of found) await call('sns', 'Unsubscribe', { SubscriptionArn });
}
