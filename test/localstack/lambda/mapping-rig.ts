import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { Faults } from '../../../localstack/cloud/core/faults';
import type { AccessControl } from '../../../localstack/cloud/core/peers';
import { Registry } from '../../../localstack/cloud/core/registry';
import type { CloudContext } from '../../../localstack/cloud/core/service';
import { Store } from '../../../localstack/cloud/core/store';
import { Trace } from '../../../localstack/cloud/core/trace';
import type { Invocation, InvocationResult } from '../../../localstack/cloud/services/lambda/execution/invoker';
import type { ResolvedFunction } from '../../../localstack/cloud/services/lambda/functions';
import type { MappingRecord } from '../../../localstack/cloud/services/lambda/mappings/mapping-record';
import { Mappings } from '../../../localstack/cloud/services/lambda/mappings/mappings';
import { FakeStreams, STREAM } from './fake-streams';
import { START } from './lambda-bench';

/** What the function answers, or undefined for "dies with the process". */
export type Answer = { readonly payload?: unknown; readonly fails?: boolean };
// biome-ignore lint/suspicious/noExplicitAny: an event of a function.
export type Handler = (event: any) => Promise<Answer>;

export const MAPPING: MappingRecord = {
  uuid: '00000000-0000-4000-8000-000000000000',
  arn: 'arn:aws:lambda:us-east-1:000000000000:event-source-mapping:00000000-0000-4000-8000-000000000000',
  source: 'dynamodb',
  eventSourceArn: STREAM,
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  enabled: true,
  batchSize: 100,
  windowSeconds: 0,
  filters: [],
  reportFailures: true,
  startingPosition: 'TRIM_HORIZON',
  parallelization: 1,
  bisect: false,
  maxRetries: -1,
  maxRecordAge: -1,
  tags: {},
  lastModified: 0,
};

/** Mappings on the real store, with a function that is a test's own, and a process that can be killed at any moment. */
export class MappingRig {
  readonly clock = new Clock({ manual: true, startAt: START });
  readonly faults = new Faults();
  readonly trace = new Trace(this.clock);
  readonly streams = new FakeStreams();
  activity = new Activity();
  readonly #root = mkdtempSync(join(tmpdir(), 'mappings-'));
  readonly #handler: Handler;
  readonly #stores: Store[] = [];
  #mappings!: Mappings;
  #life = 0;
  #killed: Promise<void> = Promise.resolve();
  #tellKilled: () => void = () => {};

  constructor(handler: Handler) {
    this.#handler = handler;
    this.streams.key = 'pk';
    this.#open();
  }

  /** Answers, as Lambda does, when the mapping is safe. */
  async create(mapping: Partial<MappingRecord>): Promise<void> {
    this.#mappings.create({ ...MAPPING, ...mapping });
    await this.#stores.at(-1)!.durable();
  }

  /**
   * `kill -9`: a new process finds what the disk has at this moment. What the old one had not written is gone, and it
   * does nothing any more.
   */
  kill(): void {
    this.#life++;
    this.#tellKilled();
    this.clock.clear();
    this.streams.forget();
    this.#open();
  }

  /** Resolves when nothing is in flight and nothing is due, in whatever life that is. */
  async idle(): Promise<void> {
    for (;;) {
      const { activity } = this;
      await Promise.race([activity.quiet(), this.#killed]);
      await new Promise((resolve) => setImmediate(resolve));
      if (activity === this.activity && activity.size === 0 && !this.clock.hasDue()) return;
    }
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => this.idle());
  }

  async stop(): Promise<void> {
    this.#life++;
    this.clock.stop();
    for (const store of this.#stores) await store.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #dir(life: number): string {
    return join(this.#root, String(life));
  }

  #open(): void {
    const life = this.#life;
    const dir = this.#dir(life);
    mkdirSync(dir);
    if (life > 0) copyFileSync(join(this.#dir(life - 1), 'store.mdb'), join(dir, 'store.mdb'));
    const store = new Store({ dir, sync: false });
    this.#stores.push(store);
    this.activity = new Activity();
    this.#killed = new Promise((resolve) => {
      this.#tellKilled = resolve;
    });
    const registry = new Registry();
    const service = { name: 'dynamodb', signingNames: [], protocol: { kind: 'rest-xml' as const }, operations: {} };
    registry.add({ ...service, access: () => [] }, this.streams);
    const iam = { authorize: () => {} } as unknown as AccessControl;
    registry.add({ ...service, name: 'iam', access: () => [] }, iam);
    const context: CloudContext = {
      clock: this.clock,
      store,
      registry,
      activity: this.activity,
      faults: this.faults,
      trace: this.trace,
      endpoint: () => '',
      account: '000000000000',
      region: 'us-east-1',
      dir,
    };
    const invoke = async (_: ResolvedFunction, invocation: Invocation): Promise<InvocationResult> => {
      // A process that was killed calls nobody, and hears nothing.
      const isDead = () => life !== this.#life;
      const answer = isDead() ? {} : await this.#handler(JSON.parse(invocation.payload));
      if (isDead()) return new Promise(() => {});
      return {
        payload: JSON.stringify(answer.payload ?? null),
        ...(answer.fails ? { functionError: 'Unhandled' as const } : {}),
        requestId: 'request',
        executedVersion: '$LATEST',
        logs: [],
        hop: '0000000000000000',
      };
    };
    const resolved = {
      record: { name: 'f' },
      config: { role: 'arn:aws:iam::000000000000:role/f' },
      qualifier: '$LATEST',
      arn: MAPPING.functionArn,
    };
    const find = () => resolved as unknown as ResolvedFunction;
    this.#mappings = new Mappings({
      context,
      functions: { find, resolve: find },
      invoker: { invoke, free: () => 1000 },
      destinations: { send: () => {}, reportFailure: () => {} },
      perFunction: 3,
    });
    this.#mappings.start();
  }
}
