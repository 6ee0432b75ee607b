import { AwsError } from '../../core/aws-error';
import { uuid } from '../../core/ids';
import type { OutgoingMessage } from '../../core/peers';
import type { CloudContext, Principal } from '../../core/service';
import { type BusId, ruleArn, type Target } from './records';

/** EventBridge itself, as the resource policies of targets know it. */
export const EVENTBRIDGE: Principal = {
  kind: 'service',
  service: 'events.amazonaws.com',
  arn: 'events.amazonaws.com',
};

/** Why a delivery failed, in the words of the dead-letter queue, and whether another try can help. */
export type DeliveryError = { readonly code: string; readonly message: string; readonly retriable: boolean };

export type TargetKind = 'lambda' | 'sqs' | 'bus' | 'log-group';

/** What kind of target an ARN names; undefined when EventBridge cannot reach it here. */
export function targetKind(arn: string): TargetKind | undefined {
  if (/^arn:[^:]+:lambda:[^:]*:[^:]*:function:/.test(arn)) return 'lambda';
  if (/^arn:[^:]+:sqs:[^:]*:[^:]*:[^:]+$/.test(arn)) return 'sqs';
  if (/^arn:[^:]+:events:[^:]*:[^:]*:event-bus\//.test(arn)) return 'bus';
  if (/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:/.test(arn)) return 'log-group';
  return undefined;
}

export type Parcel = {
  readonly target: Target;
  readonly rule: { readonly bus: BusId; readonly name: string };
  readonly payload: string;
};

/** Hands payloads over to functions, queues and log groups. Synchronous: when it returns, the target has it. */
export class Delivery {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /** Throws the target's own error. */
  deliver({ target, rule, payload }: Parcel): void {
    const { registry, clock } = this.#context;
    const source = ruleArn(rule);
    switch (targetKind(target.Arn)) {
      case 'lambda':
        // Everything but a template's output is JSON by itself.
        if (target.InputTransformer) refuseBadJson(payload);
        registry.peer('lambda').enqueue(target.Arn, payload, EVENTBRIDGE, source);
        return;
      case 'sqs':
        registry.peer('sqs').send(target.Arn, messageFor(target, payload), EVENTBRIDGE, source);
        return;
      case 'log-group': {
        const group = /:log-group:([^:]+)/.exec(target.Arn)?.[1] as string;
        registry.peer('logs').write(group, uuid(), [{ timestamp: clock.now(), message: payload }]);
        return;
      }
      default:
        throw new Error(`no target of a known kind: ${target.Arn}`);
    }
  }

  /** Sends to the dead-letter queue of a target. Throws when that is not possible either. */
  deadLetter(queueArn: string, body: string, attributes: Readonly<Record<string, string>>, sourceArn: string): void {
    const entries = Object.entries(attributes).map(
      ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
    );
    const message = { body, attributes: Object.fromEntries(entries) };
    this.#context.registry.peer('sqs').send(queueArn, message, EVENTBRIDGE, sourceArn);
  }
}

/** Content-based deduplication or not: a FIFO queue is given an id, so that no event is taken for another. */
function messageFor(target: Target, body: string): OutgoingMessage {
  if (!target.Arn.endsWith('.fifo')) return { body };
  return { body, groupId: target.SqsParameters?.MessageGroupId ?? '', deduplicationId: uuid() };
}

class BadJson extends Error {}

function refuseBadJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch {
    throw new BadJson('The transformed input is not valid JSON.');
  }
}

const GONE = ['ResourceNotFoundException', 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];
const FORBIDDEN = ['AccessDenied', 'AccessDeniedException'];
const THROTTLED = ['TooManyRequestsException', 'ThrottlingException', 'RequestThrottled', 'Throttling'];
const INVALID = [
  'InvalidParameterValueException',
  'ValidationException',
  'InvalidMessageContents',
  'InvalidRequestContentException',
];

/**
 * What a target's error means for the event. EventBridge does not retry what only a change of the configuration can
 * repair. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function deliveryError(error: unknown): DeliveryError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BadJson) return { code: 'INVALID_JSON', message, retriable: false };
  const code = error instanceof AwsError ? error.code : '';
  if (GONE.includes(code)) return { code: 'NO_RESOURCE', message, retriable: false };
  if (FORBIDDEN.includes(code)) return { code: 'NO_PERMISSIONS', message, retriable: false };
  if (INVALID.includes(code)) return { code: 'INVALID_PARAMETER', message, retriable: false };
  if (THROTTLED.includes(code)) return { code: 'THROTTLING', message, retriable: true };
  return { code: 'ERROR_FROM_TARGET', message, retriable: true };
}
