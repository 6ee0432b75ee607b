import { errorPayload, RuntimeError } from './errors';
import type { Handler } from './load-handler';
import type { InvokeMessage, WorkerStart } from './protocol';

export type Outcome = { readonly failed: boolean; readonly payload: string; readonly error?: unknown };

/** Lets the thread's event loop run empty, and tells when it has. */
export interface EventLoop {
  /** Runs `then` once, when nothing is left to do. */
  whenEmpty(then: () => void): void;
  cancel(): void;
}

/** The largest answer of a function, in bytes. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024;

/** Runs a handler once: async, or with a callback where the runtime still has those. Never rejects. */
export async function runHandler(
  handler: Handler,
  start: WorkerStart,
  message: InvokeMessage,
  loop: EventLoop,
): Promise<Outcome> {
  try {
    const event: unknown = JSON.parse(message.payload);
    const result = start.callbacks
      ? await withCallback(handler, event, start, message, loop)
      : await handler(event, contextOf(start, message));
    return serialise(result);
  } catch (error) {
    return { failed: true, payload: errorPayload(error), error };
  }
}

function serialise(result: unknown): Outcome {
  let payload: string;
  try {
    payload = JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch (error) {
    throw new RuntimeError('Runtime.MarshalError', `Unable to stringify response body: ${(error as Error).message}`);
  }
  const bytes = payload.length > MAX_RESPONSE_BYTES / 4 ? Buffer.byteLength(payload) : payload.length;
  if (bytes > MAX_RESPONSE_BYTES) {
    return {
      failed: true,
      payload: JSON.stringify({
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
      }),
    };
  }
  return { failed: false, payload };
}

function withCallback(
  handler: Handler,
  event: unknown,
  start: WorkerStart,
  message: InvokeMessage,
  loop: EventLoop,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown, result: unknown) => {
      loop.cancel();
      if (error === undefined || error === null) resolve(result);
      else reject(error);
    };
    const callback = (error: unknown, result?: unknown) => {
      if (context.callbackWaitsForEmptyEventLoop) loop.whenEmpty(() => settle(error, result));
      else settle(error, result);
    };
    const context: Context = {
      ...contextOf(start, message),
      done: (error, result) => settle(error, result),
      succeed: (result) => settle(undefined, result),
      fail: (error) => settle(error ?? 'handled', undefined),
    };
    let returned: unknown;
    try {
      returned = handler(event, context, callback);
    } catch (error) {
      reject(error);
      return;
    }
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === 'function') {
      (returned as PromiseLike<unknown>).then(
        (result) => settle(undefined, result),
        (error) => settle(error ?? new Error('Unknown error'), undefined),
      );
      // A handler that never calls back has answered null when nothing is left that could.
    } else loop.whenEmpty(() => settle(undefined, null));
  });
}

type Context = ReturnType<typeof contextOf> & {
  done(error: unknown, result?: unknown): void;
  succeed(result?: unknown): void;
  fail(error?: unknown): void;
};

function contextOf(start: WorkerStart, message: InvokeMessage) {
  const deadline = performance.now() + message.timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: start.functionName,
    functionVersion: start.functionVersion,
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: String(start.memoryMb),
    awsRequestId: message.requestId,
    logGroupName: start.logGroup,
    logStreamName: start.logStream,
    clientContext: message.clientContext === undefined ? undefined : (JSON.parse(message.clientContext) as unknown),
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  };
}
