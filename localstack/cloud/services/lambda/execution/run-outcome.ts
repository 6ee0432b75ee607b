import type { Run } from './environment';
import { exitMessage } from './log-lines';

/** What the caller gets: the function's own answer, or what Lambda says in its place. `timeout` in seconds. */
export function payloadOf({ end }: Run, requestId: string, timeout: number): string {
  switch (end.kind) {
    case 'done':
    case 'init-failed':
      return end.payload;
    case 'timeout':
      return JSON.stringify({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`,
      });
    case 'exit':
      return JSON.stringify({
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${requestId} Error: ${exitMessage(end.reason)}`,
      });
    case 'fault':
      return JSON.stringify({
        errorType: end.errorType,
        errorMessage: `RequestId: ${requestId} Error: ${end.errorMessage}`,
      });
  }
}

/** In a word: for the trace, and for whoever watches. */
export function outcomeOf({ end }: Run): 'ok' | 'error' | 'timeout' {
  if (end.kind === 'timeout') return 'timeout';
  return end.kind === 'done' && !end.failed ? 'ok' : 'error';
}

/** `<errorType>: <errorMessage>` of the answer of an invocation that failed. */
export function describeError(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return [errorType, errorMessage].filter(Boolean).join(': ');
}
