import type { OutgoingMessage } from '../../core/peers';
import type { Exhausted } from '../../core/retry-policy';
import type { DeliveryError } from './delivery';
import type { Invocation } from './invocation';
import { payloadOf, stamp } from './payload';
import { scheduleArn } from './records';

/** 256 KiB, of body and attributes together. */
const MAX_SIZE = 262_144;

/**
 * What the dead-letter queue is sent: the input of the target, and why it was not delivered.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export function deadLetter(
  invocation: Invocation,
  error: DeliveryError,
  exhausted: Exhausted | undefined,
): OutgoingMessage {
  const attributes: Record<string, string> = {
    ERROR_CODE: error.code,
    ERROR_MESSAGE: error.message || error.code,
    EXECUTION_ID: invocation.id,
    ...(exhausted ? { EXHAUSTED_RETRY_CONDITION: exhausted } : {}),
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: String(invocation.attempt - 1),
    SCHEDULED_TIME: stamp(invocation.scheduledAt),
    SCHEDULE_ARN: scheduleArn(invocation.schedule),
    TARGET_ARN: invocation.target.Arn,
  };
  const payload = Buffer.from(payloadOf(invocation));
  const left = MAX_SIZE - sizeOf(attributes);
  const truncated = payload.length > left;
  if (truncated) attributes.IS_PAYLOAD_TRUNCATED = 'true';
  return {
    // A character that was cut in two is left out.
    body: truncated
      ? payload
          .subarray(0, left)
          .toString('utf8')
          .replace(/\ufffd+$/, '')
      : payload.toString('utf8'),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  };
}

const sizeOf = (attributes: Record<string, string>): number =>
  Object.entries(attributes).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value) + 6, 0);
