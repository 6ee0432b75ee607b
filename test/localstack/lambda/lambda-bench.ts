import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { strToU8, zipSync } from 'fflate';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { Faults } from '../../../localstack/cloud/core/faults';
import type { HttpReply, HttpRequest } from '../../../localstack/cloud/core/http';
import type { FunctionInvoker } from '../../../localstack/cloud/core/peers';
import { type InvocationNote, Registry } from '../../../localstack/cloud/core/registry';
import type { Call, CloudContext, Service } from '../../../localstack/cloud/core/service';
import { Store } from '../../../localstack/cloud/core/store';
import { Trace } from '../../../localstack/cloud/core/trace';
import { makeIdle } from '../../../localstack/cloud/idle';
import { createIam } from '../../../localstack/cloud/services/iam';
import { createLambda, type LambdaOptions } from '../../../localstack/cloud/services/lambda';
import { createLogs } from '../../../localstack/cloud/services/logs';
import { createSqs } from '../../../localstack/cloud/services/sqs';
import { FakeBus } from './fake-bus';
import { FakeStreams } from './fake-streams';

export const ACCOUNT = '000000000000';
export const START = Date.UTC(2026, 0, 15, 12);
export const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;

const workerPath = join(tmpdir(), `lambda-worker-${process.pid}.mjs`);
let workerBuilt = false;

/** The worker as `npm run build` makes it, from the sources as they are now. */
function buildWorker(): string {
  if (!workerBuilt) {
    buildSync({
      entryPoints: [resolve(__dirname, '../../../localstack/cloud/services/lambda/worker.ts')],
      outfile: workerPath,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
    });
    workerBuilt = true;
  }
  return workerPath;
}

export type Invoked = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the function answered.
  readonly payload: any;
  readonly functionError: string | undefined;
  readonly log: string;
};

/** Lambda with its real neighbours (IAM, Logs, SQS), a stream and a bus that the test writes, and a clock it moves. */
export class LambdaBench {
  readonly clock: Clock;
  readonly dir: string;
  readonly streams = new FakeStreams();
  readonly bus = new FakeBus();
  readonly notes: InvocationNote[] = [];
  readonly faults = new Faults();
  readonly trace: Trace;
  activity = new Activity();
  registry = new Registry();
  service!: Service;
  peer!: FunctionInvoker;
  #store!: Store;
  readonly #options: LambdaOptions;

  /** `running`: by the machine's clock instead of one that stands still. */
  constructor(options: LambdaOptions & { readonly running?: boolean } = {}) {
    const { running, ...lambda } = options;
    this.#options = lambda;
    this.clock = new Clock(running ? {} : { manual: true, startAt: START });
    this.trace = new Trace(this.clock);
    this.dir = mkdtempSync(join(tmpdir(), 'lambda-'));
    mkdirSync(this.dir, { recursive: true });
    this.#open();
  }

  get call(): Call {
    return {
      requestId: 'request',
      account: ACCOUNT,
      region: 'us-east-1',
      principal: { kind: 'root', arn: `arn:aws:iam::${ACCOUNT}:root` },
      endpoint: 'http://127.0.0.1:4566',
    };
  }

  async start(): Promise<this> {
    await this.service.start?.();
    return this;
  }

  /** Resolves when nothing is in flight. */
  async idle(): Promise<void> {
    const state = await makeIdle(this.clock, this.activity)(20_000);
    if (!state.idle) throw new Error(`not idle: ${state.running.join(', ')}`);
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => this.idle());
  }

  /** As after `kill -9`: what is in the store is there, nothing was told to stop. */
  async crash(): Promise<void> {
    await this.#store.durable();
    const old = this.service;
    this.#open({ reuse: true });
    // Its threads end; nothing that they do any more reaches the new services.
    await old.stop?.();
    await this.service.start?.();
  }

  async stop(): Promise<void> {
    await this.service.stop?.();
    this.clock.stop();
    await this.#store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the API reference.
  async run(operation: string, input: object): Promise<any> {
    return this.service.operations[operation]!(input, this.call);
  }

  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the API reference.
  other(service: string, operation: string, input: object): Promise<any> {
    return this.registry.call(service, operation, input, this.call);
  }

  /** A role that Lambda may take, with one statement that allows `actions` on everything. */
  async role(name: string, actions: readonly string[] = ['*']): Promise<string> {
    const { Role } = await this.other('iam', 'CreateRole', {
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    });
    if (actions.length > 0) {
      await this.other('iam', 'PutRolePolicy', {
        RoleName: name,
        PolicyName: 'p',
        PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] }),
      });
    }
    return Role.Arn as string;
  }

  /** A function whose module is `source` (`.mjs` unless `file` says otherwise), with a role that may do everything. */
  async deploy(name: string, source: string, settings: Record<string, unknown> & { file?: string } = {}) {
    const { file = 'index.mjs', Role, ...rest } = settings;
    return this.run('CreateFunction', {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: Role ?? (await this.role(`role-of-${name}`)),
      Code: { ZipFile: zip({ [file]: source }) },
      ...rest,
    });
  }

  async invoke(name: string, event: unknown = {}, headers: Record<string, string> = {}): Promise<Invoked> {
    const body = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
    const reply = await this.raw(name, body, headers);
    const log = reply.headers?.['x-amz-log-result'] as string | undefined;
    return {
      status: reply.status,
      payload: reply.body ? JSON.parse(String(reply.body)) : undefined,
      functionError: reply.headers?.['x-amz-function-error'] as string | undefined,
      log: log ? Buffer.from(log, 'base64').toString('utf8') : '',
    };
  }

  async raw(name: string, body: Buffer, headers: Record<string, string> = {}): Promise<HttpReply> {
    const request = requestOf({ method: 'POST', path: `/2015-03-31/functions/${name}/invocations`, body, headers });
    return this.service.rawOperations!.Invoke!(request, { FunctionName: name }, this.call);
  }

  /** All log messages of a function, without their line ends. */
  async logs(name: string): Promise<string[]> {
    const { events } = await this.other('logs', 'FilterLogEvents', { logGroupName: `/aws/lambda/${name}` });
    return events.map(({ message }: { message: string }) => message.trimEnd());
  }

  async queue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    await this.other('sqs', 'CreateQueue', { QueueName: name, Attributes: attributes });
    return queueArn(name);
  }

  /** Bodies of the messages that can be received now; they are deleted. */
  messages(name: string): string[] {
    const sqs = this.registry.peer('sqs');
    const bodies: string[] = [];
    for (;;) {
      const received = sqs.receive(queueArn(name), 10);
      if (received.length === 0) return bodies;
      for (const { body, receiptHandle } of received) {
        bodies.push(body);
        sqs.delete(queueArn(name), receiptHandle);
      }
    }
  }

  #open(options: { reuse?: boolean } = {}): void {
    if (!options.reuse) this.#store = new Store({ dir: this.dir, sync: false });
    this.activity = new Activity();
    this.registry = new Registry();
    const context: CloudContext = {
      clock: this.clock,
      store: this.#store,
      registry: this.registry,
      activity: this.activity,
      faults: this.faults,
      trace: this.trace,
      endpoint: () => 'http://127.0.0.1:4566',
      account: ACCOUNT,
      region: 'us-east-1',
      dir: this.dir,
    };
    const iam = createIam(context);
    this.registry.add(iam.service, iam.peer);
    const logs = createLogs(context);
    this.registry.add(logs.service, logs.peer);
    const sqs = createSqs(context);
    this.registry.add(sqs.service, sqs.peer);
    this.registry.add({ ...logs.service, name: 'dynamodb' }, this.streams);
    this.registry.add({ ...logs.service, name: 'events' }, this.bus);
    const lambda = createLambda(context, { machine: this.clock, workerPath: buildWorker(), ...this.#options });
    this.registry.add(lambda.service, lambda.peer);
    this.registry.watch((note) => this.notes.push(note));
    this.service = lambda.service;
    this.peer = lambda.peer;
  }
}

export function zip(files: Record<string, string>): string {
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  return Buffer.from(bytes).toString('base64');
}

export function requestOf(given: Partial<HttpRequest>): HttpRequest {
  const rawQuery = given.rawQuery ?? '';
  return {
    method: 'GET',
    path: '/',
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: {},
    body: Buffer.alloc(0),
    sourceIp: '127.0.0.1',
    ...given,
  };
}
