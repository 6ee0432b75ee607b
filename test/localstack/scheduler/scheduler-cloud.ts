import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateScheduleCommand, type CreateScheduleCommandInput, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';

// The SDK warns of Node 20 at its first use.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const ACCOUNT = '000000000000';
export const queueArn = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const scheduleArn = (name: string, group = 'default') =>
  `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/${group}/${name}`;

export const START = Date.parse('2026-01-01T00:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const trusting = (service: string, condition?: object) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(condition ? { Condition: condition } : {}),
    },
  ],
});

export const allowing = (action: string, resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
});

export type Letter = { readonly body: string; readonly attributes: Record<string, string> };

/** A cloud on a clock that stands still, with clients of the SDK. */
export class SchedulerCloud {
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly scheduler: SchedulerClient;
  readonly sqs: SQSClient;
  readonly iam: IAMClient;

  private constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.clock = cloud.clock;
    const config = {
      endpoint: cloud.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    this.scheduler = new SchedulerClient(config);
    this.sqs = new SQSClient(config);
    this.iam = new IAMClient(config);
  }

  static async start(dir?: string, startAt = START): Promise<SchedulerCloud> {
    const clock = new Clock({ manual: true, startAt });
    const made = new SchedulerCloud(await startCloud({ port: 0, clock, ...(dir ? { dir } : {}) }));
    return made;
  }

  async stop(): Promise<void> {
    this.scheduler.destroy();
    this.sqs.destroy();
    this.iam.destroy();
    await this.cloud.stop();
  }

  async role(name: string, trust: object, policy?: object): Promise<string> {
    const AssumeRolePolicyDocument = JSON.stringify(trust);
    await this.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
    if (policy) {
      const PolicyDocument = JSON.stringify(policy);
      await this.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }));
    }
    return roleArn(name);
  }

  /** The role that schedules have unless they say otherwise. */
  executionRole(): Promise<string> {
    return this.role('scheduler', trusting('scheduler.amazonaws.com'), allowing('sqs:SendMessage'));
  }

  async queue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl = '' } = await this.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    return QueueUrl;
  }

  /** A schedule that sends to the queue of its own name, unless `more` says otherwise. */
  async schedule(
    Name: string,
    ScheduleExpression: string,
    {
      Target,
      ...more
    }: Omit<Partial<CreateScheduleCommandInput>, 'Target'> & {
      Target?: Partial<CreateScheduleCommandInput['Target']>;
    } = {},
  ): Promise<string> {
    const { ScheduleArn = '' } = await this.scheduler.send(
      new CreateScheduleCommand({
        Name,
        ScheduleExpression,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: queueArn(Name),
          RoleArn: roleArn('scheduler'),
          Input: '<aws.scheduler.scheduled-time>',
          ...Target,
        },
        ...more,
      }),
    );
    return ScheduleArn;
  }

  /** Lets time pass, with everything that becomes due on the way. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms, async () => {
      await this.cloud.idle();
    });
    await this.cloud.idle();
  }

  /** Goes to a time in UTC. */
  async passUntil(time: string): Promise<void> {
    await this.pass(Date.parse(`${time}Z`) - this.clock.now());
  }

  /** Takes what is in a queue. */
  async letters(name: string): Promise<Letter[]> {
    await this.cloud.idle();
    const QueueUrl = `${this.cloud.endpoint}/${ACCOUNT}/${name}`;
    const letters: Letter[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      );
      if (Messages.length === 0) return letters;
      for (const { Body = '', MessageAttributes = {}, ReceiptHandle } of Messages) {
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        const attributes = Object.entries(MessageAttributes).map(([key, value]) => [key, value.StringValue ?? '']);
        letters.push({ body: Body, attributes: Object.fromEntries(attributes) });
      }
    }
  }

  async bodies(name: string): Promise<string[]> {
    return (await this.letters(name)).map(({ body }) => body);
  }
}
