import { parseArn } from '../../core/arn';
import type { OutgoingMessage } from '../../core/peers';
import { type Message, textFor } from './message';
import { isRaw, type SubscriptionRecord } from './subscription-record';

/** What of a topic stands in its notifications. */
type Sender = {
  /** `SignatureVersion` of the topic. */
  readonly signatureVersion: string;
  /** Where the cloud is reached. */
  readonly endpoint: string;
};

/** Nobody can verify signatures here, as there is no certificate of AWS; docs/parity/sns.md says so. */
const SIGNATURE = 'EXAMPLE';

/** What a queue is sent. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export function queueMessage(subscription: SubscriptionRecord, message: Message, sender: Sender): OutgoingMessage {
  const { groupId, deduplicationId, traceHeader, attributes } = message;
  const rest = {
    ...(groupId === undefined ? {} : { groupId }),
    // A standard queue behind a FIFO topic takes none.
    ...(deduplicationId === undefined || !subscription.endpoint.endsWith('.fifo') ? {} : { deduplicationId }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
  if (isRaw(subscription)) {
    const named = Object.keys(attributes).length > 0 && { attributes };
    return { body: textFor(message, subscription.protocol), ...named, ...rest };
  }
  return { body: envelope(subscription, message, sender), ...rest };
}

function envelope(subscription: SubscriptionRecord, message: Message, sender: Sender): string {
  const { id, sequenceNumber, subject, attributes } = message;
  return JSON.stringify({
    Type: 'Notification',
    MessageId: id,
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
    TopicArn: subscription.topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: textFor(message, subscription.protocol),
    Timestamp: new Date(message.publishedAt).toISOString(),
    // Notifications of FIFO topics are not signed.
    ...(sequenceNumber === undefined && {
      SignatureVersion: sender.signatureVersion,
      Signature: SIGNATURE,
      SigningCertURL: certificateUrl(subscription),
    }),
    UnsubscribeURL: unsubscribeUrl(subscription, sender),
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: shown(attributes) }),
  });
}

/** What a function is invoked with. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function functionEvent(subscription: SubscriptionRecord, message: Message, sender: Sender): string {
  return JSON.stringify({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: message.id,
          TopicArn: subscription.topicArn,
          Subject: message.subject ?? null,
          Message: textFor(message, subscription.protocol),
          Timestamp: new Date(message.publishedAt).toISOString(),
          SignatureVersion: sender.signatureVersion,
          Signature: SIGNATURE,
          SigningCertUrl: certificateUrl(subscription),
          UnsubscribeUrl: unsubscribeUrl(subscription, sender),
          MessageAttributes: shown(message.attributes),
        },
      },
    ],
  });
}

const shown = (attributes: Message['attributes']): object =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue },
    ]),
  );

const certificateUrl = ({ topicArn }: SubscriptionRecord): string =>
  `https://sns.${parseArn(topicArn)?.region}.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem`;

const unsubscribeUrl = ({ arn }: SubscriptionRecord, { endpoint }: Sender): string =>
  `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${arn}`;
