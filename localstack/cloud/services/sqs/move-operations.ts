import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import { invalidParameter, invalidValue, missingParameter, sqsError } from './errors';
import type { MoveTask, MoveTasks } from './move-tasks';
import type { Queue } from './queue';
import { idFromArn, isFifo } from './queue-record';
import type { Queues } from './queues';

const MAX_PER_SECOND = 500;

/** Redriving dead-letter queues. */
export function moveOperations(queues: Queues, tasks: MoveTasks): Record<string, Operation> {
  const find = (parameter: string, arn: unknown): Queue => {
    const queue = typeof arn === 'string' ? queues.find(idFromArn(arn)) : undefined;
    if (!queue) throw notFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
    return queue;
  };

  return {
    StartMessageMoveTask: (input, call) => {
      refuseUnknown('sqs:StartMessageMoveTask', input, ['SourceArn', 'DestinationArn', 'MaxNumberOfMessagesPerSecond']);
      const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecond } = input;
      if (SourceArn === undefined) throw missingParameter('SourceArn');
      const source = find('SourceArn', SourceArn);
      // Queues that only Lambda or EventBridge use for their dead letters are none in this sense, as at AWS.
      if (queues.sourcesOf(SourceArn).length === 0) {
        throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
      }
      if (DestinationArn !== undefined) {
        const destination = find('DestinationArn', DestinationArn);
        if (destination === source)
          throw invalidParameter('Source queue arn and destination queue arn must be different.');
        if (isFifo(destination.record) !== isFifo(source.record)) {
          throw invalidParameter('Source and destination queues must be of the same type.');
        }
      }
      if (perSecond !== undefined && !(Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= MAX_PER_SECOND)) {
        throw invalidValue(perSecond, 'MaxNumberOfMessagesPerSecond', `Must be between 1 and ${MAX_PER_SECOND}.`);
      }
      if (tasks.of(SourceArn).some(({ status }) => status === 'RUNNING')) {
        throw sqsError(
          'UnsupportedOperation',
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
          'AWS.SimpleQueueService.UnsupportedOperation',
        );
      }
      const task = tasks.start(source, {
        ...(DestinationArn === undefined ? {} : { destinationArn: DestinationArn }),
        ...(perSecond === undefined ? {} : { perSecond }),
        ...(call.hop === undefined ? {} : { cause: call.hop }),
      });
      return { TaskHandle: handleOf(task) };
    },

    ListMessageMoveTasks: (input) => {
      refuseUnknown('sqs:ListMessageMoveTasks', input, ['SourceArn', 'MaxResults']);
      const source = find('SourceArn', input.SourceArn);
      const max = input.MaxResults ?? 1;
      if (!Number.isInteger(max) || max < 1 || max > 10)
        throw invalidValue(max, 'MaxResults', 'Must be between 1 and 10.');
      return { Results: tasks.of(source.arn).slice(0, max).map(shown) };
    },

    CancelMessageMoveTask: (input) => {
      refuseUnknown('sqs:CancelMessageMoveTask', input, ['TaskHandle']);
      const task = tasks.find(readMoveHandle(input.TaskHandle)?.taskId ?? '');
      if (!task) throw notFound("The resource that you specified for the TaskHandle parameter doesn't exist.");
      if (task.status !== 'RUNNING') throw notFound('Only active tasks can be cancelled.');
      return { ApproximateNumberOfMessagesMoved: tasks.cancel(task).moved };
    },
  };
}

const notFound = (message: string) =>
  new AwsError('ResourceNotFoundException', message, {
    status: 404,
    fields: { queryErrorCode: 'ResourceNotFoundException' },
  });

const handleOf = ({ id, sourceArn }: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');

/** Undefined when it is no handle of a task. */
export function readMoveHandle(handle: unknown): { taskId: string; sourceArn: string } | undefined {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(String(handle), 'base64').toString('utf8'));
    return typeof taskId === 'string' && typeof sourceArn === 'string' ? { taskId, sourceArn } : undefined;
  } catch {
    return undefined;
  }
}

const shown = (task: MoveTask) => ({
  // A task that has ended cannot be named any more.
  ...(task.status === 'RUNNING' ? { TaskHandle: handleOf(task) } : {}),
  Status: task.status,
  SourceArn: task.sourceArn,
  ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
  ...(task.perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...(task.failureReason === undefined ? {} : { FailureReason: task.failureReason }),
  StartedTimestamp: task.startedAt,
});
