import { createHash } from 'node:crypto';
import type { FunctionConfig } from '../function-record';
import type { LogLine } from '../runtime/protocol';
import type { Run } from './environment';

/**
 * The lines that Lambda itself writes around a function's own: INIT_START, START, END, REPORT in the text format,
 * `platform.*` records in JSON.
 */
export class PlatformLog {
  readonly #config: FunctionConfig;
  readonly #region: string;
  readonly #json: boolean;
  /** JSON only: INFO shows start and report, WARN only what went wrong. */
  readonly #level: string;

  constructor(config: FunctionConfig, region: string) {
    this.#config = config;
    this.#region = region;
    this.#json = config.logging.LogFormat === 'JSON';
    this.#level = config.logging.SystemLogLevel ?? 'INFO';
  }

  initStart(now: number): LogLine[] {
    const { runtime } = this.#config;
    const version = `nodejs:${runtime.replace(/\D/g, '')}.local`;
    const arn = `arn:aws:lambda:${this.#region}::runtime:${createHash('sha256').update(runtime).digest('hex')}`;
    if (!this.#json) return [[now, `INIT_START Runtime Version: ${version}\tRuntime Version ARN: ${arn}\n`]];
    return this.#record(now, 'INFO', 'platform.initStart', {
      initializationType: 'on-demand',
      phase: 'init',
      runtimeVersion: version,
      runtimeVersionArn: arn,
    });
  }

  /** Of an environment that did not get ready. */
  initReport(now: number, run: Run): LogLine[] {
    const { initMs = 0 } = run;
    const failure = failureOf(run);
    if (!this.#json) {
      const report = [
        `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms`,
        'Phase: init',
        `Status: ${failure?.status}`,
        `Error Type: ${failure?.type}`,
      ];
      return [[now, `${report.join('\t')}\t\n`]];
    }
    return this.#record(now, 'WARN', 'platform.initReport', {
      initializationType: 'on-demand',
      phase: 'init',
      status: failure?.status,
      errorType: failure?.type,
      metrics: { durationMs: round(initMs) },
    });
  }

  start(now: number, requestId: string): LogLine[] {
    const { version } = this.#config;
    if (!this.#json) return [[now, `START RequestId: ${requestId} Version: ${version}\n`]];
    return this.#record(now, 'INFO', 'platform.start', { requestId, version });
  }

  end(now: number, requestId: string, run: Run): LogLine[] {
    const failure = failureOf(run);
    const { memorySize, timeout } = this.#config;
    const billed = Math.ceil(run.durationMs + (run.initMs ?? 0));
    const memory = Math.min(run.memoryMb, memorySize);
    if (this.#json) {
      return this.#record(now, failure ? 'WARN' : 'INFO', 'platform.report', {
        requestId,
        metrics: {
          durationMs: round(run.durationMs),
          billedDurationMs: billed,
          memorySizeMB: memorySize,
          maxMemoryUsedMB: memory,
          ...(run.initMs === undefined ? {} : { initDurationMs: round(run.initMs) }),
        },
        status: failure?.status ?? 'success',
        ...(failure?.type ? { errorType: failure.type } : {}),
      });
    }
    const lines: LogLine[] = [];
    if (run.end.kind === 'timeout') {
      const time = new Date(now).toISOString();
      lines.push([now, `${time} ${requestId} Task timed out after ${timeout.toFixed(2)} seconds\n\n`]);
    } else if (run.end.kind === 'exit') {
      lines.push([now, `RequestId: ${requestId} Error: ${exitMessage(run.end.reason)}\nRuntime.ExitError\n`]);
    } else if (run.end.kind === 'fault') {
      lines.push([now, `RequestId: ${requestId} Error: ${run.end.errorMessage}\n${run.end.errorType}\n`]);
    }
    lines.push([now, `END RequestId: ${requestId}\n`]);
    const report = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${run.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${billed} ms`,
      `Memory Size: ${memorySize} MB`,
      `Max Memory Used: ${memory} MB`,
      ...(run.initMs === undefined ? [] : [`Init Duration: ${run.initMs.toFixed(2)} ms`]),
      ...(failure ? [`Status: ${failure.status}`] : []),
      ...(failure?.type ? [`Error Type: ${failure.type}`] : []),
    ];
    lines.push([now, `${report.join('\t')}\t\n`]);
    return lines;
  }

  #record(now: number, level: 'INFO' | 'WARN', type: string, record: object): LogLine[] {
    if (level === 'INFO' && this.#level === 'WARN') return [];
    return [[now, `${JSON.stringify({ time: new Date(now).toISOString(), type, record })}\n`]];
  }
}

/** What Lambda says when the runtime ended by itself. */
export function exitMessage(reason: string | undefined): string {
  return reason === undefined ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${reason}`;
}

/** Only what Lambda itself found wrong; an error that the handler threw is the function's own affair. */
function failureOf({ end }: Run): { status: string; type?: string } | undefined {
  switch (end.kind) {
    case 'timeout':
      return { status: 'timeout' };
    case 'exit':
      return { status: 'error', type: 'Runtime.ExitError' };
    case 'fault':
      return { status: 'error', type: end.errorType };
    case 'init-failed':
      return { status: 'error', type: (JSON.parse(end.payload) as { errorType: string }).errorType };
    case 'done':
      return undefined;
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
