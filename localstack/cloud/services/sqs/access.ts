import type { Access, Call } from '../../core/service';
import { arnOf, idFromArn, idFromUrl } from './queue-record';

/** Batches are allowed by the action of one message. */
const ACTIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

type Input = { readonly QueueUrl?: string; readonly QueueName?: string; readonly SourceArn?: string } | undefined;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export function sqsAccess(operation: string, input: unknown, call: Call): readonly Access[] {
  const action = `sqs:${ACTIONS[operation] ?? operation}`;
  return [{ action, resource: resourceOf(operation, input as Input, call) }];
}

function resourceOf(operation: string, input: Input, call: Call): string {
  const { account, region } = call;
  if (operation === 'ListQueues') return arnOf({ account, region, name: '*' });
  if (input?.QueueName !== undefined) return arnOf({ account, region, name: input.QueueName });
  if (input?.SourceArn !== undefined && idFromArn(input.SourceArn)) return input.SourceArn;
  return input?.QueueUrl === undefined ? '*' : arnOf(idFromUrl(input.QueueUrl, call));
}
