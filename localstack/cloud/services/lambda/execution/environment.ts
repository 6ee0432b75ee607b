import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../../core/clock';
import { LogRecorder, RECORDER_BYTES } from '../runtime/log-recorder';
import type { InvokeMessage, LogLine, WorkerMessage, WorkerStart } from '../runtime/protocol';

/** How an invocation ended, as the environment saw it. */
export type RunEnd =
  | { readonly kind: 'done'; readonly failed: boolean; readonly payload: string }
  | { readonly kind: 'init-failed'; readonly payload: string }
  | { readonly kind: 'timeout' }
  /** The runtime ended: `exit status 1`, `signal: killed`; without a reason when it exited with 0. */
  | { readonly kind: 'exit'; readonly reason: string | undefined }
  /** The adversary let it fail, without running it. */
  | { readonly kind: 'fault'; readonly errorType: string; readonly errorMessage: string };

export type Run = {
  readonly end: RunEnd;
  readonly durationMs: number;
  readonly memoryMb: number;
  /** Only for the first run of an environment. */
  readonly initMs: number | undefined;
  readonly logs: readonly LogLine[];
};

export type EnvironmentSpec = {
  readonly label: string;
  readonly workerPath: string;
  readonly start: Omit<WorkerStart, 'recorder'>;
  readonly variables: Record<string, string>;
  /** When the credentials in `variables` are too old to start an invocation with; milliseconds since 1970. */
  readonly usableUntil: number;
  /** What is printed while no invocation is under way: by what the last one left behind. */
  readonly onStrayLogs: (lines: readonly LogLine[]) => void;
};

type Current = {
  readonly message: InvokeMessage;
  readonly onLogs: (lines: readonly LogLine[]) => void;
  readonly resolve: (run: Run) => void;
  startedAt: number;
  timer: Timer | undefined;
};

/** Lambda gives an environment this long to load the function, whatever its timeout. */
const INIT_LIMIT_MS = 10_000;

/** One execution environment: a worker thread that runs one invocation at a time, until it dies or is ended. */
export class Environment {
  readonly usableUntil: number;
  readonly logStream: string;
  /** Since when it has been waiting for work; by the machine's clock. */
  idleSince = 0;
  #alive = true;
  #ready = false;
  #initMs: number | undefined;
  #memoryMb = 0;
  #current: Current | undefined;
  #reason: string | undefined;
  readonly #clock: Clock;
  readonly #label: string;
  readonly #worker: Worker;
  readonly #recorder: LogRecorder;
  readonly #onStrayLogs: EnvironmentSpec['onStrayLogs'];

  constructor(spec: EnvironmentSpec, clock: Clock) {
    this.#clock = clock;
    this.#label = spec.label;
    this.usableUntil = spec.usableUntil;
    this.logStream = spec.start.logStream;
    this.#onStrayLogs = spec.onStrayLogs;
    const recorder = new SharedArrayBuffer(RECORDER_BYTES);
    this.#recorder = new LogRecorder(recorder);
    this.#worker = new Worker(spec.workerPath, {
      workerData: { ...spec.start, recorder } satisfies WorkerStart,
      env: spec.variables,
      execArgv: [],
      // A small young generation: with 16 MB for it an environment grows to 37 MB, with 8 MB to 33 MB, with 4 MB to 25 MB.
      resourceLimits: { maxOldGenerationSizeMb: spec.start.memoryMb, maxYoungGenerationSizeMb: 8 },
      name: spec.label,
    });
    // Nobody waits for an idle environment; the process may end while it is there.
    this.#worker.unref();
    this.#worker.on('message', (message: WorkerMessage) => this.#receive(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#reason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'signal: killed' : `error: ${error.message}`;
    });
    this.#worker.on('exit', (code) => this.#died(code));
  }

  /** Time of the newest line in its log. */
  loggedUntil = 0;
  /** Whether it has never run anything: the next run is a cold start. */
  fresh = true;

  get alive(): boolean {
    return this.#alive;
  }

  /** Never rejects. Must not be called while a run is under way. */
  run(message: InvokeMessage, onLogs: (lines: readonly LogLine[]) => void): Promise<Run> {
    return new Promise((resolve) => {
      this.fresh = false;
      this.#current = { message, onLogs, resolve, startedAt: performance.now(), timer: undefined };
      if (!this.#alive) {
        this.#died(1);
        return;
      }
      this.#worker.ref();
      this.#worker.postMessage(message);
      this.#setTimer(this.#ready ? message.timeoutMs : Math.max(INIT_LIMIT_MS, message.timeoutMs));
    });
  }

  /** As by a failure of the machine: the run that is under way ends without an answer. */
  kill(): void {
    this.#alive = false;
    this.#reason = 'signal: killed';
    void this.#worker.terminate();
  }

  async terminate(): Promise<void> {
    this.#alive = false;
    await this.#worker.terminate();
  }

  #setTimer(ms: number): void {
    const current = this.#current!;
    current.timer?.cancel();
    current.timer = this.#clock.after(ms, `timeout of ${this.#label}`, () => {
      this.#alive = false;
      this.#end({ kind: 'timeout' }, this.#recorder.read(), current.message.timeoutMs);
      void this.#worker.terminate();
    });
  }

  #receive(message: WorkerMessage): void {
    const current = this.#current;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#initMs = message.initMs;
        if (!current) return;
        current.startedAt = performance.now();
        this.#setTimer(current.message.timeoutMs);
        return;
      case 'logs':
        (current?.onLogs ?? this.#onStrayLogs)(message.logs);
        return;
      case 'init-failed':
        this.#alive = false;
        this.#initMs = message.initMs;
        this.#end({ kind: 'init-failed', payload: message.error }, message.logs, 0);
        void this.#worker.terminate();
        return;
      case 'done':
        if (message.requestId !== current?.message.requestId) return;
        if (message.fatal) this.#alive = false;
        this.#memoryMb = Math.max(this.#memoryMb, message.memoryMb);
        this.#end({ kind: 'done', failed: message.failed, payload: message.payload }, message.logs, message.durationMs);
    }
  }

  #died(code: number): void {
    this.#alive = false;
    const reason = this.#reason ?? (code === 0 ? undefined : `exit status ${code}`);
    const current = this.#current;
    if (!current) {
      const lastWords = this.#recorder.read();
      if (lastWords.length > 0) this.#onStrayLogs(lastWords);
      return;
    }
    this.#end({ kind: 'exit', reason }, this.#recorder.read(), performance.now() - current.startedAt);
  }

  #end(end: RunEnd, logs: readonly LogLine[], durationMs: number): void {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    this.#worker.unref();
    current.timer?.cancel();
    const initMs = this.#initMs;
    this.#initMs = undefined;
    current.resolve({ end, durationMs, memoryMb: this.#memoryMb, initMs, logs });
  }
}
