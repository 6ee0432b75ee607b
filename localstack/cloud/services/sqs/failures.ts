import { AwsError } from '../../core/aws-error';
import type { Fault } from '../../core/faults';
import { sqsError } from './errors';

/** SQS's own errors, by the name that a fault rule gives them. */
const BY_CODE: Readonly<Record<string, () => AwsError>> = {
  RequestThrottled: () => sqsError('RequestThrottled', 'The request was denied due to request throttling.'),
  OverLimit: () => sqsError('OverLimit', 'The specified action violates a limit.'),
  InternalFailure: () =>
    new AwsError('InternalFailure', 'We encountered an internal error. Please try again.', { status: 500 }),
  ServiceUnavailable: () =>
    new AwsError('ServiceUnavailable', 'The service is temporarily unavailable. Please try again.', { status: 503 }),
  QueueDoesNotExist: () =>
    sqsError('QueueDoesNotExist', 'The specified queue does not exist.', 'AWS.SimpleQueueService.NonExistentQueue'),
};

/** How a call fails when the adversary wants it to. */
export function sqsFailure(kind: 'error' | 'throttle', code?: string): AwsError | undefined {
  return BY_CODE[code ?? (kind === 'throttle' ? 'RequestThrottled' : 'InternalFailure')]?.();
}

/** How one entry of a batch fails: SQS's own faults are not the sender's. */
export function entryFailure({ kind, rule }: Fault): { SenderFault: boolean; Code: string; Message: string } {
  const own = sqsFailure(kind === 'throttle' ? 'throttle' : 'error', rule.code);
  const code = rule.code ?? own?.code ?? '';
  return {
    SenderFault: (rule.status ?? own?.status ?? 400) < 500,
    // In a batch the same failure has the name of the older protocol.
    Code: code === 'InternalFailure' ? 'InternalError' : code,
    Message: rule.message ?? own?.message ?? 'The request failed.',
  };
}
