import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';
import type { Principal } from '../../../localstack/cloud/core/service';

export const ACCOUNT = '000000000000';
export const topicArn = (name: string): string => `arn:aws:sns:us-east-1:${ACCOUNT}:${name}`;
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;

/** SNS itself, as queues' policies know it. */
export const mayBeSentBy = (queue: string, topic: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn(queue),
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn(topic) } },
      },
    ],
  });

/** A cloud, and what tests do with topics and queues there. */
export class SnsCloud {
  readonly cloud: Cloud;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  /** `startAt`: the time at which its clock stands, in milliseconds since 1970. */
  static async start({ dir, startAt }: { dir?: string; startAt?: number } = {}): Promise<SnsCloud> {
    const clock = startAt === undefined ? undefined : new Clock({ manual: true, startAt });
    return new SnsCloud(await startCloud({ port: 0, ...(dir && { dir }), ...(clock && { clock }) }));
  }

  stop(): Promise<void> {
    return this.cloud.stop();
  }

  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  call(service: string, operation: string, input: object): Promise<any> {
    return this.cloud.registry.call(service, operation, input, this.cloud.rootCall());
  }

  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  sns(operation: string, input: object): Promise<any> {
    return this.call('sns', operation, input);
  }

  async topic(name: string, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const fifo = name.endsWith('.fifo') && { FifoTopic: 'true' };
    const { TopicArn } = await this.sns('CreateTopic', { Name: name, Attributes: { ...fifo, ...attributes } });
    return TopicArn as string;
  }

  /** A queue that lets `topic` send; its URL. */
  async queue(name: string, topic: string, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const fifo = name.endsWith('.fifo') && { FifoQueue: 'true' };
    const Attributes = { Policy: mayBeSentBy(name, topic), ...fifo, ...attributes };
    const { QueueUrl } = await this.call('sqs', 'CreateQueue', { QueueName: name, Attributes });
    return QueueUrl as string;
  }

  /** A subscription of a queue of that name, which is made; its ARN. */
  async subscribe(topic: string, queue: string, Attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.queue(queue, topic);
    const input = { TopicArn: topicArn(topic), Protocol: 'sqs', Endpoint: queueArn(queue), Attributes };
    const { SubscriptionArn } = await this.sns('Subscribe', input);
    return SubscriptionArn as string;
  }

  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  publish(topic: string, Message: string, more: object = {}): Promise<any> {
    return this.sns('Publish', { TopicArn: topicArn(topic), Message, ...more });
  }

  publishAs(principal: Principal, topic: string, text: string, sourceArn?: string): void {
    this.cloud.registry.peer('sns').publish(topicArn(topic), { text }, principal, sourceArn);
  }

  /** Takes what a queue has, as `ReceiveMessage` shows it. */
  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  async take(queue: string): Promise<any[]> {
    const QueueUrl = `${this.cloud.endpoint}/${ACCOUNT}/${queue}`;
    const all = { MessageAttributeNames: ['All'], AttributeNames: ['All'], MaxNumberOfMessages: 10 };
    const { Messages = [] } = await this.call('sqs', 'ReceiveMessage', { QueueUrl, ...all });
    for (const { ReceiptHandle } of Messages) await this.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
    return Messages;
  }

  async bodies(queue: string): Promise<string[]> {
    return (await this.take(queue)).map(({ Body }) => Body as string);
  }
}
