import type { ReceivedMessage } from '../../../core/peers';

/** A message in the form that Lambda gives it. */
export const queueRecord = (message: ReceivedMessage, queueArn: string): string =>
  JSON.stringify(queueEvent(message, queueArn));

export function queueEvent(message: ReceivedMessage, queueArn: string): object {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, value]) => [name, eventAttribute(value)]),
    ),
    md5OfBody: message.md5OfBody,
    ...(message.md5OfMessageAttributes ? { md5OfMessageAttributes: message.md5OfMessageAttributes } : {}),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  };
}

/** Lambda writes the members of a message attribute in small letters, and the empty lists too. */
function eventAttribute(value: unknown): object {
  const { StringValue, BinaryValue, DataType } = value as Record<string, unknown>;
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
