import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DynamoDbCounters } from '../../../functions/adapters/insights/counters';
import { DynamoDbErrorNotes } from '../../../functions/adapters/monitor/error-notes';
import { systemEffects } from '../../../functions/adapters/system-effects';
import { monitorTotal } from '../../../functions/application/monitor/ports';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import type { FunctionName } from '../../../lib/stage-config';
import { orderHistory } from '../recorded';
import type { System } from '../system';
import type { RoleUnderTest } from './role-under-test';
import type { Exercise } from './unneeded';

const SECOND = 1_000;
const STATUSES = ['none', 'created', 'confirmed', 'paid', 'shipped', 'delivered'];
/** A mapping without its rights looks again after at most this, in milliseconds. */
export const RETRIED = 61 * SECOND;

/** A deployed function and what is around it, for exercises. */
export class DeployedFunction {
  constructor(
    readonly system: System,
    readonly lambda: LambdaClient,
    readonly name: FunctionName,
    readonly role: RoleUnderTest,
  ) {}

  get cloud() {
    return this.system.cloud!;
  }

  /** RFC 3339, by the cloud's clock; `ago` in milliseconds. */
  time(ago = 0): string {
    return new Date(this.cloud.clock.now() - ago).toISOString();
  }

  advance(ms: number): Promise<void> {
    return this.cloud.controls.advance(ms);
  }

  /** Runs it with an event; what went wrong. */
  async invoke(event: unknown): Promise<string | undefined> {
    return (await this.answer(event)).wrong;
  }

  async answer(event: unknown): Promise<{ readonly wrong: string | undefined; readonly requestId: string }> {
    const { FunctionError, Payload, $metadata } = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.#fullName, Payload: JSON.stringify(event) }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    const answer = text === '' ? undefined : JSON.parse(text);
    const wrong = FunctionError
      ? String(answer?.errorMessage)
      : answer?.batchItemFailures?.length > 0
        ? 'it wants records again'
        : undefined;
    return { wrong, requestId: $metadata.requestId ?? '' };
  }

  /** As a rule does: it is tried, and tried again, and set aside at last. */
  async enqueue(event: unknown): Promise<void> {
    await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.#fullName,
        InvocationType: 'Event',
        Payload: JSON.stringify(event),
      }),
    );
  }

  /** What the bus delivers of an event. */
  envelope(type: string, detail: unknown, over: object = {}): object {
    return {
      version: '0',
      id: this.system.newId('e'),
      'detail-type': type,
      source: 'shop',
      account: '000000000000',
      time: this.time(),
      region: 'us-east-1',
      resources: [],
      detail,
      ...over,
    };
  }

  /** The first events of an order, as they are stored: with what their facts say. */
  order(orderId: string, length: number): readonly RecordedEvent[] {
    return orderHistory(orderId, length).map((event, index) => {
      const [statusBefore, statusAfter] = STATUSES.slice(index, index + 2);
      const fact = { userId: 'u-1', statusBefore, statusAfter, total: 2_500, currency: 'EUR' };
      return { ...event, recordedAt: this.time(), metadata: { fact } };
    });
  }

  /** Events that stand in the table by nobody's doing. */
  async store(events: readonly RecordedEvent[]): Promise<void> {
    const requests = events.map((event) => ({
      PutRequest: { Item: marshall(event, { removeUndefinedValues: true }) },
    }));
    for (let from = 0; from < requests.length; from += 25)
      await this.system.dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: { [this.system.outputs.EventsTableName!]: requests.slice(from, from + 25) },
        }),
      );
    await this.cloud.idle();
  }

  /** Does something while somebody else is first, once, to append to a stream. */
  async afterALostRace<Result>(work: () => Promise<Result>): Promise<Result> {
    const { faults } = this.cloud.controls;
    const lost = { fault: 'error', code: 'ConditionalCheckFailedException', status: 400, times: 1 } as const;
    const at = { service: 'dynamodb', operation: 'PutItem', caller: this.#fullName, target: '*Events*' };
    faults.plan({ seed: 1, rules: [{ ...lost, ...at }] });
    try {
      return await work();
    } finally {
      faults.clear();
    }
  }

  async send(output: string, message: object): Promise<void> {
    const QueueUrl = this.system.outputs[output]!;
    await this.system.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  }

  purge(output: string): Promise<unknown> {
    return this.system.sqs.send(new PurgeQueueCommand({ QueueUrl: this.system.outputs[output]! }));
  }

  /** How many messages there are, received or not. */
  async lengthOf(output: string): Promise<number> {
    const { Attributes = {} } = await this.system.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.system.outputs[output]!,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  }

  /** Whether its log has a line of the invocation. */
  writesItsLog(event: () => unknown): Exercise {
    return {
      name: 'writes its log',
      about: /^logs:/,
      run: async () => {
        const { requestId } = await this.answer(event());
        const call = (operation: string, input: object, service: string) =>
          this.cloud.registry.call(service, operation, input, this.cloud.rootCall());
        const { LoggingConfig } = await call('GetFunctionConfiguration', { FunctionName: this.#fullName }, 'lambda');
        await this.cloud.idle();
        const { events } = await call(
          'FilterLogEvents',
          { logGroupName: LoggingConfig.LogGroup, filterPattern: `"${requestId}"` },
          'logs',
        );
        return events.length > 0 ? undefined : 'there is no line in its log';
      },
    };
  }

  /** An error is brought about by taking away a grant that `event` needs; it has to be counted, and shown. */
  notesErrors(needed: () => { readonly action: string; readonly on: RegExp }, event: () => unknown): Exercise {
    const { dynamodb, outputs } = this.system;
    const notes = new DynamoDbErrorNotes(dynamodb, outputs.InsightsTableName!, systemEffects);
    const counters = new DynamoDbCounters(dynamodb, outputs.InsightsTableName!, systemEffects);
    const state = async () => {
      const { series, key } = monitorTotal;
      const [total] = await counters.read(0, { series, from: key, to: key });
      const [last] = (await notes.latest(20)).filter((note) => note.function === this.name);
      return { count: total?.values.errors ?? 0, last: last?.time };
    };
    return {
      name: 'notes what fails',
      about: /^dynamodb:(Put|Update)Item on .*Insights/,
      run: async () => {
        const before = await state();
        const grant = this.role.find(needed().action, needed().on);
        await this.role.take(grant);
        await this.invoke(event()).finally(() => this.role.giveBack(grant));
        const after = await state();
        if (after.count === before.count) return 'the error is not counted';
        return after.last === before.last ? 'the error is not shown' : undefined;
      },
    };
  }

  /** Its queue is emptied. `visibility`: of what it could not take; `window`: for a fuller batch; in milliseconds. */
  consumes(
    output: string,
    message: () => Promise<object> | object,
    { visibility, window = 0 }: { readonly visibility: number; readonly window?: number },
  ): Exercise {
    const left = async () => ((await this.lengthOf(output)) > 0 ? `${output} is not emptied` : undefined);
    return {
      name: `takes what is in ${output}`,
      run: async () => {
        await this.send(output, await message());
        await this.advance(window);
        await this.cloud.idle();
        return left();
      },
      recover: async () => {
        await this.advance(Math.max(RETRIED, visibility + SECOND) + window);
        return left();
      },
    };
  }

  get #fullName(): string {
    return `orders-local-${this.name}`;
  }
}
