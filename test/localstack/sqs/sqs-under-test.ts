import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { Faults } from '../../../localstack/cloud/core/faults';
import type { AccessControl, QueueAccess } from '../../../localstack/cloud/core/peers';
import { Registry } from '../../../localstack/cloud/core/registry';
import type { Call, CloudContext, Principal, Service } from '../../../localstack/cloud/core/service';
import { Store } from '../../../localstack/cloud/core/store';
import { Trace } from '../../../localstack/cloud/core/trace';
import { createSqs, type SqsOptions } from '../../../localstack/cloud/services/sqs';

export const account = '000000000000';
export const arn = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`;
export const root: Principal = { kind: 'root', arn: `arn:aws:iam::${account}:root` };

export const call: Call = {
  requestId: 'r-1',
  account,
  region: 'us-east-1',
  principal: root,
  endpoint: 'http://127.0.0.1:4566',
};

/** SQS alone, on a clock that stands still and a store of its own. */
export class SqsUnderTest {
  readonly clock = new Clock({ manual: true, startAt: Date.UTC(2026, 0, 1) });
  readonly registry = new Registry();
  readonly faults = new Faults();
  readonly trace = new Trace(this.clock);
  peer!: QueueAccess;
  #service!: Service;
  #store!: Store;
  readonly #dir = mkdtempSync(join(tmpdir(), 'sqs-'));

  readonly #options: SqsOptions;

  constructor(
    iam: Partial<AccessControl> = { authorize: () => {}, checkResourcePolicy: () => {} },
    options: SqsOptions = {},
  ) {
    this.#options = options;
    this.registry.add({ name: 'iam' } as Service & { name: 'iam' }, iam as AccessControl);
    this.#start();
  }

  #start(): void {
    this.#store = new Store({ dir: this.#dir, sync: false });
    const context: CloudContext = {
      clock: this.clock,
      store: this.#store,
      registry: this.registry,
      activity: new Activity(),
      faults: this.faults,
      trace: this.trace,
      endpoint: () => call.endpoint,
      account,
      region: 'us-east-1',
      dir: this.#dir,
    };
    const { service, peer } = createSqs(context, this.#options);
    this.#service = service;
    this.peer = peer;
    service.start?.();
  }

  get service(): Service {
    return this.#service;
  }

  /** As an operation answers; errors are rejections. */
  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  async run(operation: string, input: object, as: Partial<Call> = {}): Promise<any> {
    const run = this.#service.operations[operation];
    if (!run) throw new Error(`no operation ${operation}`);
    // As the front door does it, which also names the call's hop.
    return this.trace.within(as.hop, () => run(input, { ...call, ...as }));
  }

  /** Creates a queue and gives its URL. */
  async queue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    return (await this.run('CreateQueue', { QueueName: name, Attributes: { ...fifo, ...attributes } })).QueueUrl;
  }

  async send(QueueUrl: string, MessageBody: string, more: object = {}): Promise<string> {
    return (await this.run('SendMessage', { QueueUrl, MessageBody, ...more })).MessageId;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a message as the API reference has it.
  async receive(QueueUrl: string, more: object = {}): Promise<any[]> {
    const input = { QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ['All'], ...more };
    return (await this.run('ReceiveMessage', input)).Messages ?? [];
  }

  async bodies(QueueUrl: string, more: object = {}): Promise<string[]> {
    return (await this.receive(QueueUrl, more)).map(({ Body }) => Body);
  }

  async attributes(QueueUrl: string): Promise<Record<string, string>> {
    return (await this.run('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })).Attributes;
  }

  /** As after a restart of the cloud. */
  async restart(): Promise<void> {
    this.#service.stop?.();
    await this.#store.close();
    this.#start();
  }

  /** As `reset` does it: what flowed through is gone, and the service is made anew. */
  async reset(): Promise<void> {
    this.#service.stop?.();
    await this.#store.empty(this.#service.dataSpaces ?? []);
    await this.#store.close();
    this.#start();
  }

  async stop(): Promise<void> {
    this.clock.stop();
    await this.#store.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
