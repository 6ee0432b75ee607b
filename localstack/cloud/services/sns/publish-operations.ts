import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Operation } from '../../core/service';
import { checkKey } from './encryption';
import { invalidParameter } from './errors';
import { MAX_SIZE, MESSAGE_MEMBERS, readMessage, sizeOf } from './message-input';
import type { Publisher } from './publisher';
import type { Topics } from './topics';

const MAX_ENTRIES = 10;

type Entry = { readonly Id: string; readonly Message?: string };

/** What of `Publish` and `PublishBatch` names the topic. */
export const publishedTo = ({ TopicArn, TargetArn }: { TopicArn?: unknown; TargetArn?: unknown }): unknown =>
  TopicArn ?? TargetArn;

export function publishOperations(topics: Topics, publisher: Publisher, registry: Registry): Record<string, Operation> {
  return {
    Publish: (input, { principal }) => {
      refuseUnknown('sns:Publish', input, ['TopicArn', 'TargetArn', ...MESSAGE_MEMBERS]);
      const target = publishedTo(input);
      if (target === undefined) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
      if (String(target).includes(':endpoint/')) throw notImplemented(`sns:Publish: the platform endpoint ${target}`);
      const topic = topics.get(target, input.TopicArn === undefined ? 'TargetArn' : 'TopicArn');
      const message = readMessage(input, topic);
      checkKey(registry, topic, principal);
      const { id, sequenceNumber } = publisher.publish(topic, message);
      return { MessageId: id, SequenceNumber: sequenceNumber };
    },

    PublishBatch: (input, { principal }) => {
      refuseUnknown('sns:PublishBatch', input, ['TopicArn', 'PublishBatchRequestEntries']);
      const topic = topics.get(input.TopicArn);
      const entries = readEntries(input.PublishBatchRequestEntries || []);
      checkKey(registry, topic, principal);
      const Successful: object[] = [];
      const Failed: object[] = [];
      for (const entry of entries) {
        try {
          const { id, sequenceNumber } = publisher.publish(topic, readMessage(entry, topic));
          Successful.push({ Id: entry.Id, MessageId: id, SequenceNumber: sequenceNumber });
        } catch (error) {
          if (!(error instanceof AwsError) || error.status >= 500) throw error;
          Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
        }
      }
      return { Successful, Failed };
    },
  };
}

/** What is wrong with a batch as such fails the whole of it. */
function readEntries(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > MAX_ENTRIES) {
    throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
  }
  for (const entry of entries) {
    refuseUnknown('sns:PublishBatch entry', entry, ['Id', ...MESSAGE_MEMBERS]);
    if (!/^[\w-]{1,80}$/.test(entry.Id ?? '')) {
      throw new AwsError(
        'InvalidBatchEntryId',
        "The Id of a batch entry in a batch request doesn't abide by the specification.",
      );
    }
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  const size = entries.reduce((sum, entry) => sum + sizeOfEntry(entry), 0);
  if (size > MAX_SIZE) {
    throw new AwsError('BatchRequestTooLong', 'The length of all the messages put together is more than the limit.');
  }
  return entries;
}

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire.
const sizeOfEntry = ({ Message, MessageAttributes }: any): number =>
  sizeOf(String(Message ?? ''), MessageAttributes || {});
