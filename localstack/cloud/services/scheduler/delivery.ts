import { parseArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import { asAwsError } from '../../core/registry';
import type { CloudContext, Principal } from '../../core/service';
import type { Invocation } from './invocation';
import { payloadOf } from './payload';
import { scheduleArn } from './records';
import { callUniversal, universalTarget } from './universal-target';

/** Hands an occurrence over to its target. */
export class Delivery {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /**
   * As `principal`, whose policies the target judges. Throws the target's own error. A templated target has it when this
   * returns; a universal one when the promise resolves.
   */
  hand(invocation: Invocation, principal: Principal, hop: string): void | Promise<void> {
    const { registry } = this.#context;
    const { target, schedule } = invocation;
    const { Arn, SqsParameters, EventBridgeParameters } = target;
    const payload = payloadOf(invocation);
    switch (parseArn(Arn)?.service) {
      case 'lambda':
        registry.peer('lambda').enqueue(Arn, payload, principal);
        return;
      case 'sqs': {
        const group = SqsParameters?.MessageGroupId;
        // No deduplication id, as at AWS: a FIFO queue has to deduplicate by content.
        registry.peer('sqs').send(Arn, { body: payload, ...(group ? { groupId: group } : {}) }, principal);
        return;
      }
      case 'sns':
        registry.peer('sns').publish(Arn, { text: payload }, principal);
        return;
      case 'events': {
        const { DetailType: detailType, Source: source } = EventBridgeParameters!;
        const entry = { source, detailType, detail: payload, resources: [scheduleArn(schedule)] };
        registry.peer('events').put(Arn, entry, principal);
        return;
      }
      default: {
        const { account, region } = schedule;
        const universal = universalTarget(Arn, 'scheduler', () => true);
        const scope = { account, region, requestId: invocation.id, hop };
        return callUniversal(this.#context, universal, readInput(payload), principal, scope);
      }
    }
  }
}

function readInput(payload: string): object {
  try {
    return JSON.parse(payload) as object;
  } catch (cause) {
    throw new AwsError('ValidationException', `The input of the target is not valid JSON: ${(cause as Error).message}`);
  }
}

/** Why a delivery failed, in the words of the dead-letter queue, and whether another try can help. */
export type DeliveryError = { readonly code: string; readonly message: string; readonly retriable: boolean };

const THROTTLED = [
  'TooManyRequestsException',
  'ThrottlingException',
  'RequestThrottled',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
];

/** What only a change of the configuration can repair is not tried again. */
export function deliveryError(error: unknown): DeliveryError {
  const { code, message, status, fields } = asAwsError(error);
  return {
    // Of SQS, AWS shows the codes of its older protocol.
    code: typeof fields.queryErrorCode === 'string' ? fields.queryErrorCode : code,
    message,
    retriable: status >= 500 || THROTTLED.includes(code),
  };
}
