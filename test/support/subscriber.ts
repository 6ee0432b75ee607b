import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { Envelope } from './envelopes';
import type { System } from './system';

/** A subscriber as a user would make one: a rule on the order bus, to a queue. */
export class Subscriber {
  private constructor(
    private readonly system: System,
    private readonly queueUrl: string,
  ) {}

  static async to(system: System, pattern: object): Promise<Subscriber> {
    const name = system.newId('subscriber').slice(0, 60);
    const { QueueUrl } = await system.sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await system.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const queueArn = Attributes!.QueueArn!;
    const EventBusName = system.outputs.OrderBusName;
    const { RuleArn } = await system.bus.send(
      new PutRuleCommand({ Name: name, EventBusName, EventPattern: JSON.stringify(pattern) }),
    );
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await system.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await system.bus.send(
      new PutTargetsCommand({ Rule: name, EventBusName, Targets: [{ Id: 'queue', Arn: queueArn }] }),
    );
    return new Subscriber(system, QueueUrl!);
  }

  /** All that has come since it was last asked. */
  // biome-ignore lint/suspicious/noExplicitAny: details as they come.
  async received(): Promise<(Envelope & { readonly detail: any })[]> {
    const envelopes: Envelope[] = [];
    for (;;) {
      const { Messages } = await this.system.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: this.system.cloud ? 0 : 2,
        }),
      );
      if (!Messages?.length) return envelopes;
      envelopes.push(...Messages.map(({ Body }) => JSON.parse(Body!) as Envelope));
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      await this.system.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.queueUrl, Entries }));
    }
  }
}
