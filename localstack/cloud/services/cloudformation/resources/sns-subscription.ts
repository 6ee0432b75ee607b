import type { Properties, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** Attributes that are properties of the same name, in an order in which each can be set, with what takes them away. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  RawMessageDelivery: 'false',
  FilterPolicyScope: 'MessageAttributes',
  FilterPolicy: '{}',
  RedrivePolicy: '',
};

/** AWS::SNS::Subscription. The topic's ARN says its region; `Region` repeats it. */
export const snsSubscription: ResourceHandler = {
  properties: [...Object.keys(ATTRIBUTES), 'TopicArn', 'Protocol', 'Endpoint', 'Region'],
  refused: ['DeliveryPolicy', 'ReplayPolicy', 'SubscriptionRoleArn'],
  required: ['TopicArn', 'Protocol'],
  createOnly: ['TopicArn', 'Protocol', 'Endpoint'],
  conditional: { Region: (now, before) => now !== before },

  create: async (properties, { call }) => {
    const { TopicArn, Protocol, Endpoint } = properties;
    const Attributes = attributesIn(properties);
    const { SubscriptionArn } = await call('sns', 'Subscribe', { TopicArn, Protocol, Endpoint, Attributes });
    return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },

  update: async (SubscriptionArn, properties, before, { call }) => {
    const set = (AttributeName: string, AttributeValue: string) =>
      call('sns', 'SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
    const [now, old] = [attributesIn(properties), attributesIn(before)];
    // The old policy may be none that the new scope allows.
    const rescoped = now.FilterPolicyScope !== old.FilterPolicyScope;
    if (rescoped && old.FilterPolicy !== undefined) await set('FilterPolicy', '{}');
    for (const [name, fallback] of Object.entries(ATTRIBUTES)) {
      if (now[name] !== old[name] || (rescoped && name === 'FilterPolicy')) await set(name, now[name] ?? fallback);
    }
  },

  delete: (SubscriptionArn, _properties, { call }) => call('sns', 'Unsubscribe', { SubscriptionArn }),
};

function attributesIn(properties: Properties): Record<string, string> {
  const given = Object.keys(ATTRIBUTES).filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const value = properties[name];
      return [name, typeof value === 'object' ? jsonText(value) : String(value)];
    }),
  );
}
