import { notImplemented, refuseUnknown } from '../../core/aws-error';
import { targetKind } from './delivery';
import { parseJsonPath } from './json-path';
import type { Target } from './records';
import { PREDEFINED, placeholdersIn } from './target-payload';
import { constrain, validation } from './validation';

const ID = { min: 1, max: 64, pattern: /^[.\-_A-Za-z0-9]+$/ };

/** A target of `PutTargets`, or AWS's error. What cannot be reached or honoured here is refused by name. */
export function readTarget(given: Target, at: number): Target {
  const member = (name: string) => `targets.${at + 1}.member.${name}`;
  constrain(member('id'), given.Id, ID);
  constrain(member('arn'), given.Arn, { min: 1, max: 1_600 });
  if (!/^arn:[\w-]+:[\w-]+:[\w-]*:\d*:.+/.test(given.Arn)) {
    throw validation(`Parameter ${given.Arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  const kind = targetKind(given.Arn);
  if (!kind) throw notImplemented(`events:PutTargets: the target ${given.Arn}`);
  refuseUnknown('events:PutTargets target', given, [
    'Id',
    'Arn',
    'RoleArn',
    'Input',
    'InputPath',
    'InputTransformer',
    'SqsParameters',
    'DeadLetterConfig',
    'RetryPolicy',
  ]);
  const fifo = kind === 'sqs' && given.Arn.endsWith('.fifo');
  if (fifo && !given.SqsParameters?.MessageGroupId) {
    throw validation(`Parameter(s) SqsParameters must be specified for target: ${given.Id}.`);
  }
  if (!fifo && given.SqsParameters?.MessageGroupId) {
    throw validation(`Parameter(s) SqsParameters must not be specified for target: ${given.Id}.`);
  }
  if (kind === 'sns' && given.Arn.endsWith('.fifo')) {
    throw validation(`Parameter ${given.Arn} is not valid. Reason: FIFO topics are not supported.`);
  }
  const changed = ['Input', 'InputPath', 'InputTransformer'].find((name) => given[name as keyof Target] !== undefined);
  if (kind === 'bus' && changed) throw notImplemented(`events:PutTargets: ${changed} of a target that is an event bus`);
  checkInput(given, member);
  checkRetries(given, member);
  return given;
}

function checkInput(target: Target, member: (name: string) => string): void {
  const { Id, Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1) {
    throw validation(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (Input !== undefined) {
    constrain(member('input'), Input, { max: 8_192 });
    if (!isJson(Input)) throw validation(`JSON syntax error in input for target ${Id}.`);
  }
  if (InputPath !== undefined && !parseJsonPath(InputPath)) {
    throw validation(`Invalid input path ${InputPath} for target ${Id}.`);
  }
  if (!InputTransformer) return;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  constrain(member('inputTransformer.inputTemplate'), InputTemplate, { min: 1, max: 8_192 });
  if (Object.keys(InputPathsMap).length > 100) {
    throw validation(`InputPathsMap for target ${Id} has more than 100 keys.`);
  }
  for (const [key, path] of Object.entries(InputPathsMap)) {
    if (/^aws/i.test(key)) throw validation(`InputPathsMap key ${key} for target ${Id} must not start with AWS.`);
    if (!parseJsonPath(path)) throw validation(`Invalid input path ${path} for target ${Id}.`);
  }
  const unknown = placeholdersIn(InputTemplate).filter(
    (name) => !Object.hasOwn(InputPathsMap, name) && !PREDEFINED.includes(name),
  );
  if (unknown.length > 0) {
    throw validation(`InputTemplate for target ${Id} contains invalid placeholder ${unknown[0]}.`);
  }
}

function checkRetries({ RetryPolicy, DeadLetterConfig }: Target, member: (name: string) => string): void {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = RetryPolicy ?? {};
  if (MaximumRetryAttempts !== undefined) {
    constrain(member('retryPolicy.maximumRetryAttempts'), MaximumRetryAttempts, { min: 0, max: 185 });
  }
  if (MaximumEventAgeInSeconds !== undefined) {
    constrain(member('retryPolicy.maximumEventAgeInSeconds'), MaximumEventAgeInSeconds, { min: 60, max: 86_400 });
  }
  const queue = DeadLetterConfig?.Arn;
  if (queue !== undefined && (targetKind(queue) !== 'sqs' || queue.endsWith('.fifo'))) {
    throw validation(`Parameter ${queue} is not valid. Reason: a dead-letter queue must be a standard SQS queue.`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
