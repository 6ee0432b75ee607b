import type { QueueAccess } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { sqsAccess } from './access';
import { Authorization } from './authorization';
import { messageOperations } from './message-operations';
import { moveOperations } from './move-operations';
import { MoveTasks } from './move-tasks';
import { queueAccess } from './peer';
import { queueOperations } from './queue-operations';
import { Queues } from './queues';

/** SQS: standard and FIFO queues. */
export function createSqs(context: CloudContext): { service: Service & { readonly name: 'sqs' }; peer: QueueAccess } {
  const { clock, registry } = context;
  const queues = new Queues(context);
  const moves = new MoveTasks(context, queues);
  const authorization = new Authorization(registry);
  return {
    service: {
      name: 'sqs',
      signingNames: ['sqs'],
      protocol: { kind: 'json', version: '1.0', targetPrefixes: ['AmazonSQS'] },
      operations: {
        ...queueOperations(queues, clock, authorization),
        ...messageOperations(queues, clock, authorization),
        ...moveOperations(queues, moves, authorization),
      },
      access: sqsAccess,
      start: () => moves.resume(),
      stop: () => moves.stop(),
    },
    peer: queueAccess(queues, authorization),
  };
}
