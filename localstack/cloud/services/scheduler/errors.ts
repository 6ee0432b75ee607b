import { AwsError } from '../../core/aws-error';
import type { ScheduleId } from './records';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

export const conflict = (message: string): AwsError => new AwsError('ConflictException', message, { status: 409 });

const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message, { status: 404 });

export const noSuchSchedule = ({ name }: Pick<ScheduleId, 'name'>): AwsError =>
  notFound(`Schedule ${name} does not exist.`);

export const noSuchGroup = (group: string): AwsError => notFound(`Schedule group ${group} does not exist.`);

/** How Scheduler's own API fails under load or by itself. */
export const apiFailure = (kind: 'error' | 'throttle'): AwsError =>
  kind === 'throttle'
    ? new AwsError('ThrottlingException', 'Rate exceeded', { status: 429 })
    : new AwsError('InternalServerException', 'Unexpected error encountered while processing the request.', {
        status: 500,
      });
