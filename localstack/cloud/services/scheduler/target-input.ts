import { parseArn } from '../../core/arn';
import { notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Call } from '../../core/service';
import type { Constraints } from './constraints';
import { validation } from './errors';
import type { Target } from './records';
import type { Request } from './request';
import { type KnowsOperation, universalTarget } from './universal-target';

const MEMBERS = [
  'Arn',
  'RoleArn',
  'Input',
  'RetryPolicy',
  'DeadLetterConfig',
  'SqsParameters',
  'EventBridgeParameters',
];

/** Templated targets of AWS that this cloud has no service for. */
const ABSENT = ['codebuild', 'codepipeline', 'ecs', 'firehose', 'inspector', 'kinesis', 'sagemaker', 'states'];

/** Parameters that belong to targets of one service. */
const PARAMETERS: Readonly<Record<string, string>> = {
  EcsParameters: 'ecs',
  EventBridgeParameters: 'events',
  KinesisParameters: 'kinesis',
  SageMakerPipelineParameters: 'sagemaker',
  SqsParameters: 'sqs',
};

const ROLE_ARN = String.raw`^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@\/-]+$`;
const STANDARD_QUEUE_ARN = String.raw`^arn:aws(-[a-z]+)?:sqs:[a-z0-9\-]+:\d{12}:[a-zA-Z0-9\-_]+$`;
const SOURCE = String.raw`^(?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)$`;
/** 256 KiB. */
const MAX_INPUT = 262_144;

/** The constraints of the shape. */
export function constrainTarget(target: Request | undefined, constraints: Constraints): void {
  constraints.check('target', target, { required: true });
  if (!target) return;
  const { RetryPolicy, DeadLetterConfig, SqsParameters, EventBridgeParameters } = target as Record<string, Request>;
  constraints.check('target.arn', target.Arn, { required: true, min: 1, max: 1_600 });
  constraints.check('target.roleArn', target.RoleArn, { required: true, min: 1, max: 1_600, pattern: ROLE_ARN });
  constraints.check('target.input', target.Input, { min: 1 });
  constraints.check('target.retryPolicy.maximumRetryAttempts', RetryPolicy?.MaximumRetryAttempts, { min: 0, max: 185 });
  constraints.check('target.retryPolicy.maximumEventAgeInSeconds', RetryPolicy?.MaximumEventAgeInSeconds, {
    min: 60,
    max: 86_400,
  });
  constraints.check('target.deadLetterConfig.arn', DeadLetterConfig?.Arn, {
    min: 1,
    max: 1_600,
    pattern: STANDARD_QUEUE_ARN,
  });
  constraints.check('target.sqsParameters.messageGroupId', SqsParameters?.MessageGroupId, { min: 1, max: 128 });
  if (!EventBridgeParameters) return;
  const { DetailType, Source } = EventBridgeParameters;
  constraints.check('target.eventBridgeParameters.detailType', DetailType, { required: true, min: 1, max: 128 });
  constraints.check('target.eventBridgeParameters.source', Source, {
    required: true,
    min: 1,
    max: 256,
    pattern: SOURCE,
  });
}

/** A target that keeps the constraints of its shape. Throws where AWS would not take it, or this cloud cannot reach it. */
export function readTarget(operation: string, given: Request, call: Call, knows: KnowsOperation): Target {
  const target = given as Target & Request;
  const at = `scheduler:${operation}`;
  const arn = parseArn(target.Arn) ?? universalArn(target.Arn);
  if (!arn) throw validation('Provided Arn is not in correct format.');
  for (const [name, service] of Object.entries(PARAMETERS)) {
    if (target[name] !== undefined && arn.service !== service) {
      throw validation(`Parameters ${name} not supported for the target.`);
    }
  }
  if (ABSENT.includes(arn.service)) throw notImplemented(`${at}: a target of ${arn.service}`);
  refuseUnknown(`${at}: Target`, target, MEMBERS);
  if (Buffer.byteLength(target.Input ?? '') > MAX_INPUT) {
    throw validation(`The input of the target exceeds the limit of ${MAX_INPUT} bytes.`);
  }
  if (arn.service === 'scheduler' && arn.region === '' && arn.account === '') {
    universalTarget(target.Arn, at, knows);
    if (target.Input === undefined) {
      throw validation('You must provide an input to set this target for your schedule.');
    }
    mustBeJson(target.Input);
  } else {
    if (arn.region !== call.region && ['events', 'lambda', 'sns', 'sqs'].includes(arn.service)) {
      throw validation(`The target ARN provided does not match the current region ${call.region}.`);
    }
    checkTemplated(arn.service, arn.resource, target);
  }
  const { Arn, RoleArn, Input, DeadLetterConfig, SqsParameters, EventBridgeParameters, RetryPolicy } = target;
  return {
    Arn,
    RoleArn,
    RetryPolicy: {
      MaximumEventAgeInSeconds: RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
      MaximumRetryAttempts: RetryPolicy?.MaximumRetryAttempts ?? 185,
    },
    ...(Input === undefined ? {} : { Input }),
    ...(DeadLetterConfig && { DeadLetterConfig }),
    ...(SqsParameters && { SqsParameters }),
    ...(EventBridgeParameters && { EventBridgeParameters }),
  };
}

/** `arn:aws:scheduler:::aws-sdk:sqs:sendMessage` has neither region nor account. */
function universalArn(
  text: string,
): { service: string; region: string; account: string; resource: string } | undefined {
  const match = /^arn:aws[a-z-]*:scheduler:::(aws-sdk:.+)$/.exec(text);
  return match ? { service: 'scheduler', region: '', account: '', resource: match[1]! } : undefined;
}

function checkTemplated(service: string, resource: string, target: Target): void {
  switch (service) {
    case 'lambda':
      if (!resource.startsWith('function:')) throw validation('Provided Arn is not in correct format.');
      mustBeJson(target.Input);
      return;
    case 'events':
      if (!resource.startsWith('event-bus/')) throw validation('Provided Arn is not in correct format.');
      if (!target.EventBridgeParameters) throw validation('Parameters EventBridgeParameters must be specified.');
      mustBeJson(target.Input);
      return;
    case 'sns':
      if (resource.includes(':')) throw validation('Provided Arn is not in correct format.');
      return;
    case 'sqs': {
      const fifo = resource.endsWith('.fifo');
      const group = target.SqsParameters?.MessageGroupId;
      if (fifo && group === undefined) throw validation('Parameters SqsParameters must be specified.');
      if (!fifo && group !== undefined) throw validation('Parameters MessageGroupId not valid for the target.');
      return;
    }
    default:
      throw validation(`${service} is not a supported service for a target.`);
  }
}

function mustBeJson(input: string | undefined): void {
  if (input === undefined) return;
  try {
    JSON.parse(withValues(input));
  } catch {
    throw validation('JSON syntax error in input for the target.');
  }
}

/** A context attribute may stand outside of a string: `{"attempt": <aws.scheduler.attempt-number>}`. */
const withValues = (input: string): string => input.replaceAll('<aws.scheduler.attempt-number>', '1');
