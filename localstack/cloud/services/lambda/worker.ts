import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { keepAwsHostsHere } from './runtime/aws-hosts';
import { followCloudTime } from './runtime/cloud-time';
import { captureOutput, logError } from './runtime/console-output';
import { errorPayload, RuntimeError } from './runtime/errors';
import { type EventLoop, type Outcome, runHandler } from './runtime/invocation';
import { type Handler, loadHandler } from './runtime/load-handler';
import { LogBuffer } from './runtime/log-buffer';
import { explainMissingClients } from './runtime/missing-clients';
import { findOptIn } from './runtime/opt';
import type { InvokeMessage, WorkerMessage, WorkerStart } from './runtime/protocol';

// The entry of an execution environment: one worker thread that loads a function once and runs it again and again.

const port = parentPort!;
const start = workerData as WorkerStart;
const post = (message: WorkerMessage) => port.postMessage(message);
const buffer = new LogBuffer(start.recorder, (logs) => post({ type: 'logs', logs }));
let current: { readonly message: InvokeMessage; readonly startedAt: number } | undefined;

followCloudTime(start.now);
keepAwsHostsHere(start.endpoint);
if (start.layerRoot !== undefined) findOptIn(start.layerRoot);
explainMissingClients();
captureOutput(buffer, {
  format: start.logFormat,
  level: start.logLevel,
  requestId: () => current?.message.requestId,
});
Object.assign(globalThis, {
  awslambda: {
    streamifyResponse: () => {
      throw new Error('Response streaming is not implemented by the local cloud (docs/parity.md lists what is).');
    },
  },
});

let afterLoop: (() => void) | undefined;
const loop: EventLoop = {
  whenEmpty: (then) => {
    afterLoop = then;
    port.unref();
  },
  cancel: () => {
    afterLoop = undefined;
    port.ref();
  },
};
process.on('beforeExit', () => {
  const then = afterLoop;
  loop.cancel();
  then?.();
});

process.on('uncaughtException', (error) => die('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason), {
    cause: reason,
    ...(reason instanceof Error && reason.stack ? { stack: reason.stack } : {}),
  });
  die('Unhandled Promise Rejection', error, 128);
});

/** An error that nobody caught ends the invocation, and the environment with it. */
function die(title: string, error: Error, code: number): void {
  logError(start.logFormat, title, error);
  if (current) finish({ failed: true, payload: errorPayload(error) }, true);
  else post({ type: 'logs', logs: buffer.take() });
  process.exit(code);
}

function finish(outcome: Outcome, fatal = false): void {
  const { message, startedAt } = current!;
  const durationMs = performance.now() - startedAt;
  if (outcome.error !== undefined) logError(start.logFormat, 'Invoke Error', outcome.error);
  current = undefined;
  post({
    type: 'done',
    requestId: message.requestId,
    payload: outcome.payload,
    failed: outcome.failed,
    fatal,
    durationMs,
    memoryMb: memoryMb(),
    logs: buffer.take(),
  });
}

function memoryMb(): number {
  const { total_heap_size, external_memory, malloced_memory } = getHeapStatistics();
  return Math.ceil((total_heap_size + external_memory + malloced_memory) / 1_048_576);
}

async function initialise(): Promise<Handler | undefined> {
  const startedAt = performance.now();
  try {
    const handler = await loadHandler(start.taskRoot, start.handler);
    if (!start.callbacks && handler.length >= 3) {
      throw new RuntimeError(
        'Runtime.CallbackHandlerDeprecated',
        'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
          'You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
      );
    }
    post({ type: 'ready', initMs: performance.now() - startedAt });
    return handler;
  } catch (error) {
    logError(start.logFormat, 'Uncaught Exception', error);
    const initMs = performance.now() - startedAt;
    post({ type: 'init-failed', error: errorPayload(error), initMs, logs: buffer.take() });
    return undefined;
  }
}

const initialised = initialise();

port.on('message', async (message: InvokeMessage) => {
  const handler = await initialised;
  if (!handler) return;
  followCloudTime(message.now);
  process.env._X_AMZN_TRACE_ID = message.traceId;
  current = { message, startedAt: performance.now() };
  finish(await runHandler(handler, start, message, loop));
});
