import { AwsError } from '../../../core/aws-error';
import type { Fault, FaultKind } from '../../../core/faults';
import type { CloudContext } from '../../../core/service';
import type { Run } from './environment';

/** Where the adversary is asked: each invocation, however triggered; and what waits to be run asynchronously. */
export const FAULT_POINTS = {
  /**
   * `error`: fails without having run. `crash-before`: the environment dies before the handler does anything;
   * `crash-after`: when the handler has finished with all its effects, before anybody knows.
   */
  Invocation: ['error', 'throttle', 'latency', 'crash-before', 'crash-after'],
  /** `duplicate`: an event that succeeded is run once more. `reorder`: another event than the oldest has its turn. */
  Async: ['duplicate', 'reorder'],
} as const satisfies Record<string, readonly FaultKind[]>;

export function faultAt<Point extends keyof typeof FAULT_POINTS>(
  { faults }: CloudContext,
  point: Point,
  kinds: readonly (typeof FAULT_POINTS)[Point][number][],
  { target, caller }: { readonly target: string; readonly caller: string },
): Fault | undefined {
  return faults.active ? faults.at({ service: 'lambda', operation: point, target, caller }, kinds) : undefined;
}

/** As when the environment failed before it came to the handler. */
export function runByFault({ rule }: Fault): Run {
  return {
    end: {
      kind: 'fault',
      errorType: rule.code ?? 'Runtime.Unknown',
      errorMessage: rule.message ?? 'Unknown application error occurred',
    },
    durationMs: 0,
    memoryMb: 0,
    initMs: undefined,
    logs: [],
  };
}

/** Lets `ms` pass on the clock. Whoever is to advance a manual clock does not wait for this. */
export function letPass({ clock, activity }: CloudContext, ms: number, label: string): Promise<void> {
  const goOn = clock.manual ? activity.park() : undefined;
  return new Promise((resolve) => {
    clock.after(ms, label, () => {
      goOn?.();
      resolve();
    });
  });
}

/** Lambda's answer to an invocation for which no concurrency is left. */
export const throttled = (reason: string): AwsError =>
  new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429, fields: { Type: 'User', Reason: reason } });

/** Statuses of the errors that can be asked for by name, from the API model; 400 for the others. */
const STATUSES: Readonly<Record<string, number>> = {
  ServiceException: 500,
  TooManyRequestsException: 429,
  ResourceNotFoundException: 404,
  ResourceConflictException: 409,
  ResourceNotReadyException: 502,
  PreconditionFailedException: 412,
  RequestTooLargeException: 413,
  EC2ThrottledException: 502,
  EC2UnexpectedException: 502,
  ENILimitReachedException: 502,
  KMSAccessDeniedException: 502,
};

/** How an API operation of Lambda fails when the adversary strikes at it. */
export function apiFailure(kind: 'error' | 'throttle', operation: string, code: string | undefined): AwsError {
  if (kind === 'throttle') {
    if (operation === 'Invoke') return throttled('CallerRateLimitExceeded');
    return new AwsError('TooManyRequestsException', 'Rate exceeded', { status: 429, fields: { Type: 'User' } });
  }
  if (code === undefined || code === 'ServiceException') {
    const message = 'The service encountered an internal error. Please try again later.';
    return new AwsError('ServiceException', message, { status: 500, fields: { Type: 'Service' } });
  }
  return new AwsError(code, 'The request failed.', { status: STATUSES[code] ?? 400, fields: { Type: 'User' } });
}
