import type { Access, Call } from '../../core/service';
import { readMoveHandle } from './move-operations';
import { arnOf, idFromArn, idFromUrl } from './queue-record';

/** Batches are allowed by the action of one message. */
const ACTIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

/** What a redrive does to its source besides being started. */
const MOVING = ['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

type Input =
  | {
      readonly QueueUrl?: string;
      readonly QueueName?: string;
      readonly SourceArn?: string;
      readonly DestinationArn?: string;
      readonly TaskHandle?: string;
    }
  | undefined;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export function sqsAccess(operation: string, input: unknown, call: Call): readonly Access[] {
  if (operation === 'StartMessageMoveTask') {
    const { SourceArn = '*', DestinationArn } = (input ?? {}) as NonNullable<Input>;
    const onSource = MOVING.map((action) => ({ action, resource: SourceArn }));
    return DestinationArn === undefined
      ? onSource
      : [...onSource, { action: 'sqs:SendMessage', resource: DestinationArn }];
  }
  const action = `sqs:${ACTIONS[operation] ?? operation}`;
  return [{ action, resource: resourceOf(operation, input as Input, call) }];
}

function resourceOf(operation: string, input: Input, call: Call): string {
  const { account, region } = call;
  if (operation === 'ListQueues') return arnOf({ account, region, name: '*' });
  if (input?.QueueName !== undefined) return arnOf({ account, region, name: input.QueueName });
  if (input?.SourceArn !== undefined && idFromArn(input.SourceArn)) return input.SourceArn;
  if (input?.TaskHandle !== undefined) return readMoveHandle(input.TaskHandle)?.sourceArn ?? '*';
  return input?.QueueUrl === undefined ? '*' : arnOf(idFromUrl(input.QueueUrl, call));
}
