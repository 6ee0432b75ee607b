import { format } from 'node:util';
import { toError } from './errors';
import type { LogBuffer } from './log-buffer';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
type Level = (typeof LEVELS)[number];

export type Output = {
  readonly format: 'Text' | 'JSON';
  readonly level: string | undefined;
  readonly requestId: () => string | undefined;
};

/**
 * Sends `console.*`, `process.stdout` and `process.stderr` to the function's log, in the form of AWS's Node runtime:
 * `<time>\t<request id>\tINFO\t<message>`, or JSON.
 */
export function captureOutput(buffer: LogBuffer, output: Output): void {
  const lowest = Math.max(0, LEVELS.indexOf((output.level ?? 'TRACE').toUpperCase() as Level));
  const write = output.format === 'JSON' ? jsonMessage : textMessage;
  const method = (level: Level) =>
    LEVELS.indexOf(level) < lowest
      ? () => {}
      : (...values: unknown[]) => buffer.add(write(new Date().toISOString(), output.requestId(), level, values));
  const info = method('INFO');
  Object.assign(console, {
    trace: method('TRACE'),
    debug: method('DEBUG'),
    info,
    log: info,
    warn: method('WARN'),
    error: method('ERROR'),
    fatal: method('FATAL'),
  });
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      buffer.addRaw(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') queueMicrotask(() => (callback as () => void)());
      return true;
    }) as typeof stream.write;
  }
}

/** The line that the runtime itself writes for an error that a handler did not catch. */
export function logError(outputFormat: 'Text' | 'JSON', title: string, error: unknown): void {
  const known = toError(error);
  if (outputFormat === 'JSON') console.error(known);
  else console.error(title, `\t${JSON.stringify(known, enumerable)}`);
}

function textMessage(time: string, requestId: string | undefined, level: Level, values: unknown[]): string {
  return `${time}\t${requestId}\t${level}\t${format(...values)}\n`;
}

function jsonMessage(time: string, requestId: string | undefined, level: Level, values: unknown[]): string {
  const line: Record<string, unknown> = { timestamp: time, level, requestId };
  if (values.length === 1) {
    try {
      return `${JSON.stringify({ ...line, message: values[0] }, describeErrors)}\n`;
    } catch {
      return `${JSON.stringify({ ...line, message: format(values[0]) })}\n`;
    }
  }
  line.message = format(...values);
  const error = values.find((value) => value instanceof Error) as Error | undefined;
  if (error) Object.assign(line, describeErrors('', error));
  return `${JSON.stringify(line)}\n`;
}

function describeErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return {
    errorType: value.constructor?.name ?? 'UnknownError',
    errorMessage: value.message,
    stackTrace: typeof value.stack === 'string' ? value.stack.split('\n') : value.stack,
    ...value,
  };
}

function enumerable(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return {
    errorType: value.name,
    errorMessage: value.message,
    code: (value as { code?: unknown }).code,
    ...value,
    ...(typeof value.stack === 'string' ? { stack: value.stack.split('\n') } : {}),
  };
}
