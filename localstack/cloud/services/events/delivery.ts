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

export type TargetKind = 'lambda' | 'sqs' | 'sns' | 'bus' | 'log-group';

/** By the service in the ARN: the kind of target, and the form of its ARN. */
const KINDS: Readonly<Record<string, readonly [TargetKind, RegExp]>> = {
  lambda: ['lambda', /^[^:]*:[^:]*:function:/],
  sqs: ['sqs', /^[^:]*:[^:]*:[^:]+$/],
  sns: ['sns', /^[^:]*:[^:]*:[^:]+$/],
  events: ['bus', /^[^:]*:[^:]*:event-bus\//],
  logs: ['log-group', /^[^:]*:[^:]*:log-group:/],
};

/** What kind of target an ARN names; undefined when EventBridge cannot reach it here. */
export function targetKind(arn: string): TargetKind | undefined {
  const service = arn.indexOf(':', 4) + 1;
  const rest = arn.indexOf(':', service) + 1;
  const kind = arn.startsWith('arn:') ? KINDS[arn.slice(service, rest - 1)] : undefined;
  return kind?.[1].test(arn.slice(rest)) ? kind[0] : undefined;
}

export type Parcel = {
  readonly target: Target;
  readonly rule: { readonly bus: BusId; readonly name: string };
  readonly payload: string;
};

/** Hands payloads over to functions, queues, topics and log groups. Synchronous: when it returns, the target has it. */
export class Delivery {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /** Throws the target's own error. */
  deliver(parcel: Parcel, traceHeader: string | undefined): void {
    const { registry, clock } = this.#context;
    const { target, rule, payload } = parcel;
    const source = ruleArn(rule);
    if (target.InputTransformer) refuseBadJson(parcel);
    const sender = senderFor(target);
    switch (targetKind(target.Arn)) {
      case 'lambda':
        registry.peer('lambda').enqueue(target.Arn, payload, sender, source);
        return;
      case 'sqs':
        registry.peer('sqs').send(target.Arn, messageFor(target, payload, traceHeader), sender, source);
        return;
      case 'sns': {
        const header = traceHeader === undefined ? {} : { traceHeader };
        registry.peer('sns').publish(target.Arn, { text: payload, ...header }, sender, source);
        return;
      }
      case 'log-group':
        registry.peer('logs').deliver(target.Arn, uuid(), [logEntry(target, payload, clock.now())], sender, source);
        return;
      default:
        throw new Error(`no target of a known kind: ${target.Arn}`);
    }
  }

  /** Sends to the dead-letter queue of a target. Throws when that is not possible either. */
  deadLetter(queueArn: string, message: OutgoingMessage, sourceArn: string): void {
    this.#context.registry.peer('sqs').send(queueArn, message, EVENTBRIDGE, sourceArn);
  }
}

/** A target with a role is reached with the rights of that role. */
function senderFor({ RoleArn }: Target): Principal {
  return RoleArn === undefined ? EVENTBRIDGE : { kind: 'role', roleArn: RoleArn, arn: RoleArn };
}

/** Like AWS, which needs content-based deduplication of FIFO queues, this names no deduplication id. */
function messageFor(target: Target, body: string, traceHeader: string | undefined): OutgoingMessage {
  const groupId = target.SqsParameters?.MessageGroupId;
  return {
    body,
    ...(groupId === undefined ? {} : { groupId }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
}

/** A template for a log group makes an object with the time and the text of the entry. */
function logEntry(target: Target, payload: string, now: number): { timestamp: number; message: string } {
  if (!target.InputTransformer) return { timestamp: now, message: payload };
  const { timestamp, message } = (JSON.parse(payload) ?? {}) as { timestamp?: unknown; message?: unknown };
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : timestamp;
  if (typeof at !== 'number' || Number.isNaN(at) || message === undefined) {
    throw new AwsError('ValidationException', 'The input of a log group needs a timestamp and a message.');
  }
  return { timestamp: at, message: typeof message === 'string' ? message : JSON.stringify(message) };
}

/** What a template made, and is no JSON where it has to be. */
export class BadJson extends Error {}

/** For a queue or a topic only a template that is an object has to give JSON. */
function refuseBadJson({ target, payload }: Parcel): void {
  const template = target.InputTransformer?.InputTemplate.trimStart() ?? '';
  const kind = targetKind(target.Arn);
  if ((kind === 'sqs' || kind === 'sns') && !template.startsWith('{')) return;
  try {
    JSON.parse(payload);
  } catch {
    throw new BadJson('The transformed input is not valid JSON.');
  }
}
