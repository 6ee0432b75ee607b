import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { System } from '../system';

/** As long as SQS keeps messages at most. */
const RETENTION = { MessageRetentionPeriod: String(14 * 24 * 3600) };

/** Where what could not be done ends, by the outputs of the queues. */
const DEAD_LETTERS = {
  'ingest dead letters': 'IngestDlqUrl',
  'projection dead letters': 'ProjectionDlqUrl',
  'feed dead letters': 'FeedDlqUrl',
  'insights dead letters': 'InsightsDlqUrl',
  'rebuild dead letters': 'RebuildDlqUrl',
} as const;
export const deadLetterQueues = Object.keys(DEAD_LETTERS) as (keyof typeof DEAD_LETTERS)[];

type Queue = 'facts' | 'unrouted' | keyof typeof DEAD_LETTERS;

/** What comes out of the system by queues: facts for a subscriber, events that no rule took, dead letters. */
export class Queues {
  readonly #system: System;
  readonly #urls: Readonly<Record<Queue, string>>;
  /** Of each ingest, by the aggregate. */
  readonly #redelivery: ReadonlyMap<string, string>;
  #taken = new Map<Queue, unknown[]>();

  private constructor(system: System, factsUrl: string, redelivery: ReadonlyMap<string, string>) {
    const { outputs } = system;
    this.#system = system;
    this.#redelivery = redelivery;
    const letters = deadLetterQueues.map((queue) => [queue, outputs[DEAD_LETTERS[queue]]]);
    this.#urls = { facts: factsUrl, unrouted: outputs.UnroutedQueueUrl, ...Object.fromEntries(letters) };
  }

  static async of(system: System): Promise<Queues> {
    const { QueueUrls = [] } = await system.sqs.send(new ListQueuesCommand({}));
    const redelivery = new Map<string, string>();
    for (const aggregate of ['orders', 'inventory', 'users']) {
      const url = QueueUrls.find((one) => one.toLowerCase().includes(`${aggregate}redelivery`));
      if (!url) throw new Error(`there is no redelivery queue of ${aggregate}`);
      redelivery.set(aggregate, url);
    }
    return new Queues(system, await subscribeToFacts(system), redelivery);
  }

  /** Empties all queues; `of` gives what was in them. */
  async take(): Promise<void> {
    for (const [queue, url] of Object.entries(this.#urls) as [Queue, string][])
      for (const body of await this.#receive(url)) this.#taken.set(queue, [...this.of(queue), JSON.parse(body)]);
  }

  // biome-ignore lint/suspicious/noExplicitAny: message bodies as they are.
  of(queue: Queue): readonly any[] {
    return this.#taken.get(queue) ?? [];
  }

  forget(): void {
    this.#taken = new Map();
  }

  /** Sends what an ingest could not be run with to it again, as operators are told to do. */
  async redrive(): Promise<void> {
    for (const letter of this.of('ingest dead letters')) {
      const QueueUrl = this.#redelivery.get(aggregateOf(letter));
      if (!QueueUrl) throw new Error(`whose dead letter is it? ${JSON.stringify(letter)}`);
      await this.#system.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(letter) }));
    }
    this.#taken.delete('ingest dead letters');
  }

  async #receive(QueueUrl: string): Promise<string[]> {
    const { sqs } = this.#system;
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return bodies;
      bodies.push(...Messages.map(({ Body }) => Body!));
      const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle: ReceiptHandle! }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }
}

/** By the function that Lambda's record of a failure names, or the stream that a redelivered event was parked for. */
// biome-ignore lint/suspicious/noExplicitAny: dead letters come in several forms.
function aggregateOf({ requestContext, parked, event, ...bare }: any): string {
  const named = /ingest-(\w+)/.exec(String(requestContext?.functionArn))?.[1];
  if (named) return named;
  const subject = String(parked?.stream ?? (event ?? bare)['detail-type']).toLowerCase();
  if (/^(order|com\.example\.order|payment)/.test(subject)) return 'orders';
  return /^(user|com\.example\.user)/.test(subject) ? 'users' : 'inventory';
}

/** A subscriber as any other: a rule on the bus for facts, to a queue. */
async function subscribeToFacts({ sqs, bus, outputs }: System): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'history-facts', Attributes: RETENTION }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const Resource = Attributes!.QueueArn!;
  const allowed = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const onBus = { EventBusName: outputs.OrderBusName };
  const EventPattern = JSON.stringify({ source: ['orderstream'] });
  await bus.send(new PutRuleCommand({ ...onBus, Name: 'history-facts', EventPattern }));
  await bus.send(new PutTargetsCommand({ ...onBus, Rule: 'history-facts', Targets: [{ Id: 'queue', Arn: Resource }] }));
  return QueueUrl!;
}
