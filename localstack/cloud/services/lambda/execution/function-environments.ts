import { randomHex } from '../../../core/ids';
import type { CloudContext } from '../../../core/service';
import type { EnvironmentKeys } from '../environment-keys';
import type { FunctionConfig, FunctionRecord } from '../function-record';
import type { Functions } from '../functions';
import type { LayeredCode } from '../layered-code';
import type { LogLine } from '../runtime/protocol';
import { Environment } from './environment';
import { EnvironmentPool, type PoolLimits, type Target } from './environment-pool';
import { environmentVariables } from './environment-variables';
import { mayWriteLogs } from './log-permission';
import { CREDENTIALS_MARGIN_MS, RoleCredentials } from './role-credentials';
import type { WorkerFile } from './worker-file';

export type FunctionEnvironmentsParts = {
  readonly functions: Functions;
  readonly keys: EnvironmentKeys;
  readonly code: LayeredCode;
  readonly limits: PoolLimits;
  readonly worker: WorkerFile;
};

/** Execution environments of functions as they are configured now; those of what was replaced come to an end. */
export class FunctionEnvironments {
  readonly pool: EnvironmentPool;
  readonly #context: CloudContext;
  readonly #code: LayeredCode;
  readonly #keys: EnvironmentKeys;
  readonly #worker: WorkerFile;
  readonly #credentials: RoleCredentials;
  readonly #targets = new Map<string, Target>();

  constructor(context: CloudContext, { functions, keys, code, limits, worker }: FunctionEnvironmentsParts) {
    this.#context = context;
    this.#code = code;
    this.#keys = keys;
    this.#worker = worker;
    this.#credentials = new RoleCredentials(context);
    this.pool = new EnvironmentPool(context, limits);
    functions.onChange((after, before) => this.#retireOld(after, before));
  }

  target(record: FunctionRecord, config: FunctionConfig): Target {
    const key = targetKey(record, config);
    let target = this.#targets.get(key);
    if (!target) {
      target = { key, create: () => this.#create(record, config) };
      this.#targets.set(key, target);
    }
    return target;
  }

  /**
   * Appends to the function's log, if its role may: else the lines are lost, as on AWS. Nobody waits until a log is on disk:
   * what AWS promises of logs is less.
   */
  log(record: FunctionRecord, config: FunctionConfig, stream: string, lines: readonly LogLine[]): void {
    const group = config.logging.LogGroup;
    if (!mayWriteLogs(this.#context, record, config, stream)) return;
    const messages = lines.map(([timestamp, message]) => ({ timestamp, message }));
    this.#context.store.lazily(() => this.#context.registry.peer('logs').write(group, stream, messages));
  }

  #create(record: FunctionRecord, config: FunctionConfig): Environment {
    const { clock } = this.#context;
    this.#keys.decrypt(record, config);
    const credentials = this.#credentials.of(config.role, record.name);
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStream = `${day}/[${config.version}]${randomHex(32)}`;
    const { taskRoot, layerRoot } = this.#code.directories(config);
    return new Environment(
      {
        label: record.name,
        workerPath: this.#worker.path,
        usableUntil: credentials.expiresAt - CREDENTIALS_MARGIN_MS,
        onStrayLogs: (lines) => this.log(record, config, logStream, lines),
        variables: environmentVariables(record, config, {
          credentials,
          endpoint: this.#context.endpoint(),
          taskRoot,
          logStream,
        }),
        start: {
          taskRoot,
          ...(layerRoot && { layerRoot }),
          handler: config.handler,
          callbacks: Number(/\d+/.exec(config.runtime)?.[0]) < 24,
          logFormat: config.logging.LogFormat,
          ...(config.logging.LogFormat === 'JSON' ? { logLevel: config.logging.ApplicationLogLevel ?? 'INFO' } : {}),
          endpoint: this.#context.endpoint(),
          now: clock.now(),
          functionName: record.name,
          functionVersion: config.version,
          memoryMb: config.memorySize,
          logGroup: config.logging.LogGroup,
          logStream,
        },
      },
      clock,
    );
  }

  #retireOld(after: FunctionRecord | undefined, before: FunctionRecord | undefined): void {
    if (!before) return;
    const kept = new Set(after && [after.latest, ...after.versions].map((config) => targetKey(after, config)));
    for (const config of [before.latest, ...before.versions]) {
      const key = targetKey(before, config);
      if (kept.has(key)) continue;
      this.#credentials.forget(config.role, before.name);
      this.#targets.delete(key);
      this.pool.retire(key);
    }
  }
}

const targetKey = (record: FunctionRecord, config: FunctionConfig): string =>
  `${record.arn}:${config.version}:${config.revisionId}`;
