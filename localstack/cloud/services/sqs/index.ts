import type { QueueAccess } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { sqsAccess } from './access';
import { Authorization } from './authorization';
import { Encryption } from './encryption';
import { sqsFailure } from './failures';
import { LongPolls } from './long-poll';
import { messageOperations } from './message-operations';
import { MESSAGE_SPACES } from './message-store';
import { moveOperations } from './move-operations';
import { MoveTasks } from './move-tasks';
import { queueAccess } from './peer';
import { queueOperations } from './queue-operations';
import { idFromArn } from './queue-record';
import { Queues } from './queues';

export type SqsOptions = {
  /** How many messages of one queue can be in flight; 120,000 unless given, as on AWS. */
  readonly maxInFlight?: number;
};

/** SQS: standard and FIFO queues. */
export function createSqs(
  context: CloudContext,
  options: SqsOptions = {},
): { service: Service & { readonly name: 'sqs' }; peer: QueueAccess } {
  const { clock, registry, faults } = context;
  const queues = new Queues({ ...context, maxInFlight: options.maxInFlight ?? 120_000 });
  const polls = new LongPolls(clock);
  const moves = new MoveTasks(context, queues);
  const authorization = new Authorization(registry);
  const encryption = new Encryption(registry);
  return {
    service: {
      name: 'sqs',
      signingNames: ['sqs'],
      protocol: { kind: 'json', version: '1.0', targetPrefixes: ['AmazonSQS'] },
      operations: {
        ...queueOperations(queues, clock, registry),
        ...messageOperations(queues, polls, faults, encryption),
        ...moveOperations(queues, moves),
      },
      access: sqsAccess,
      resourcePolicy: (arn) => queues.find(idFromArn(arn))?.settings.policy,
      resourceTags: (arn) => queues.find(idFromArn(arn))?.record.tags,
      faultPoints: { Receive: ['duplicate', 'reorder'], 'SendMessageBatch.Entry': ['error', 'throttle'] },
      failure: (kind, _operation, _input, code) => sqsFailure(kind, code),
      dataSpaces: [...MESSAGE_SPACES, 'sqs-moves'],
      start: () => moves.resume(),
      stop: () => {
        moves.stop();
        polls.stop();
        queues.stop();
      },
    },
    peer: queueAccess(queues, authorization, encryption),
  };
}
