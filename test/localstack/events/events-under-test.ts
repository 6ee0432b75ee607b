import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { Faults } from '../../../localstack/cloud/core/faults';
import type { AccessControl, BusAccess, OutgoingMessage } from '../../../localstack/cloud/core/peers';
import { Registry } from '../../../localstack/cloud/core/registry';
import type { Call, CloudContext, Principal, Service } from '../../../localstack/cloud/core/service';
import { Store } from '../../../localstack/cloud/core/store';
import { Trace } from '../../../localstack/cloud/core/trace';
import { createEvents } from '../../../localstack/cloud/services/events';

export const account = '000000000000';
export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
export const queueArn = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`;
export const busArn = (name: string) => `arn:aws:events:us-east-1:${account}:event-bus/${name}`;
export const ruleArn = (name: string) => `arn:aws:events:us-east-1:${account}:rule/${name}`;
export const groupArn = (name: string) => `arn:aws:logs:us-east-1:${account}:log-group:${name}`;

export const root: Principal = { kind: 'root', arn: `arn:aws:iam::${account}:root` };
export const call: Call = {
  requestId: 'r-1',
  account,
  region: 'us-east-1',
  principal: root,
  endpoint: 'http://127.0.0.1:4566',
};

export type Delivered = {
  readonly arn: string;
  readonly payload: string;
  readonly principal?: Principal;
  readonly sourceArn?: string | undefined;
  readonly message?: OutgoingMessage;
  /** Of an entry in a log group. */
  readonly timestamp?: number;
  /** The hop in the trace that brought it. */
  readonly cause?: string | undefined;
};

/** EventBridge alone, with targets that note what they get and fail when they are told to. */
export class EventsUnderTest {
  readonly clock = new Clock({ manual: true, startAt: Date.UTC(2026, 0, 1) });
  readonly delivered: Delivered[] = [];
  /** By ARN: what a target throws, for as long as it stands here. */
  readonly failures = new Map<string, Error>();
  readonly registry = new Registry();
  readonly activity = new Activity();
  readonly faults = new Faults();
  readonly trace = new Trace(this.clock);
  peer!: BusAccess;
  service!: Service;
  store!: Store;
  readonly #dir = mkdtempSync(join(tmpdir(), 'events-'));

  constructor(
    iam: Partial<AccessControl> = { judge: () => 'none', authorize: () => {}, checkResourcePolicy: () => {} },
  ) {
    const add = (name: 'iam' | 'lambda' | 'sqs' | 'logs', peer: unknown) =>
      this.registry.add({ name } as Service & { name: 'iam' }, peer as AccessControl);
    add('iam', iam);
    add('lambda', {
      enqueue: (arn: string, payload: string, principal: Principal, sourceArn?: string) => {
        this.#deliver({ arn, payload, principal, sourceArn });
        return { requestId: 'r' };
      },
    });
    add('sqs', {
      send: (arn: string, message: OutgoingMessage, principal: Principal, sourceArn?: string) => {
        this.#deliver({ arn, payload: message.body, principal, sourceArn, message });
        return { messageId: 'm' };
      },
    });
    add('logs', {
      deliver: (
        arn: string,
        _stream: string,
        messages: { timestamp: number; message: string }[],
        principal: Principal,
        sourceArn: string,
      ) => {
        for (const { timestamp, message } of messages) {
          this.#deliver({ arn, payload: message, timestamp, principal, sourceArn });
        }
      },
    });
    this.#start();
  }

  #deliver(delivered: Delivered): void {
    const failure = this.failures.get(delivered.arn);
    if (failure) throw failure;
    this.delivered.push(this.trace.cause === undefined ? delivered : { ...delivered, cause: this.trace.cause });
  }

  #start(): void {
    this.store = new Store({ dir: this.#dir, sync: false });
    const context: CloudContext = {
      clock: this.clock,
      store: this.store,
      registry: this.registry,
      activity: this.activity,
      faults: this.faults,
      trace: this.trace,
      endpoint: () => call.endpoint,
      account,
      region: 'us-east-1',
      dir: this.#dir,
    };
    const { service, peer } = createEvents(context);
    this.service = service;
    this.peer = peer;
    service.start?.();
  }

  /** As an operation answers; errors are rejections. */
  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  async run(operation: string, input: object, as: Partial<Call> = {}): Promise<any> {
    const run = this.service.operations[operation];
    if (!run) throw new Error(`no operation ${operation}`);
    return run(input, { ...call, ...as });
  }

  access(operation: string, input: object) {
    return this.service.access(operation, input, call);
  }

  /** A rule with targets, by default one function of the rule's name. */
  async rule(
    Name: string,
    pattern: object | undefined,
    targets: object[] = [{ Id: 't', Arn: functionArn(Name) }],
    more: object = {},
  ): Promise<void> {
    const { EventBusName } = more as { EventBusName?: string };
    await this.run('PutRule', { Name, ...(pattern ? { EventPattern: JSON.stringify(pattern) } : {}), ...more });
    await this.run('PutTargets', { Rule: Name, Targets: targets, ...(EventBusName ? { EventBusName } : {}) });
  }

  /** The hops of EventBridge about `value`, as `operation target outcome`, in the order of time. */
  hops(value: string): string[] {
    return this.trace.find(value).map(({ operation, target, outcome }) => `${operation} ${target} ${outcome}`);
  }

  /** Puts one event. */
  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  async put(more: object = {}, as: Partial<Call> = {}): Promise<any> {
    const entry = { Source: 'shop', DetailType: 'OrderCreated', Detail: '{"orderId":"o-1"}', ...more };
    return (await this.run('PutEvents', { Entries: [entry] }, as)).Entries[0];
  }

  /** ARNs of what was delivered to since the last call, in order. */
  targets(): string[] {
    return this.delivered.splice(0).map(({ arn }) => arn);
  }

  /** What was delivered since the last call, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: events.
  payloads(): any[] {
    return this.delivered.splice(0).map(({ payload }) => JSON.parse(payload));
  }

  async restart(): Promise<void> {
    await this.service.stop?.();
    await this.store.close();
    this.#start();
  }

  /** What is deployed stays, what flows through is gone: as the cloud resets a service. */
  async reset(): Promise<void> {
    await this.service.stop?.();
    for (const name of this.service.dataSpaces ?? []) this.store.space(name).clear();
    await this.store.close();
    this.#start();
  }

  async stop(): Promise<void> {
    await this.service.stop?.();
    this.clock.stop();
    await this.store.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
