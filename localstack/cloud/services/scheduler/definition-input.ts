import { notImplemented } from '../../core/aws-error';
import { timeZone } from '../../core/schedule/time-zone';
import type { Call } from '../../core/service';
import { CLIENT_TOKEN, Constraints, NAME } from './constraints';
import { validation } from './errors';
import { parseExpression } from './expression';
import type { Definition, FlexibleTimeWindow } from './records';
import type { Request } from './request';
import { constrainTarget, readTarget } from './target-input';
import type { KnowsOperation } from './universal-target';

/** Members of CreateSchedule and UpdateSchedule. */
export const DEFINITION = [
  'Name',
  'GroupName',
  'ClientToken',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'StartDate',
  'EndDate',
  'FlexibleTimeWindow',
  'State',
  'ActionAfterCompletion',
  'Description',
  'KmsKeyArn',
  'Target',
];

const EARLIEST_START = 5 * 60_000;

/** What a request to create or to update a schedule says. Throws `ValidationException` in the words of AWS. */
export function readDefinition(
  operation: string,
  request: Request,
  call: Call,
  { now, knows, before }: { readonly now: number; readonly knows: KnowsOperation; readonly before?: Definition },
): Definition {
  constrain(request);
  if (request.KmsKeyArn !== undefined) throw notImplemented(`scheduler:${operation}: KmsKeyArn`);
  const timezone = String(request.ScheduleExpressionTimezone ?? 'UTC');
  const zone = timeZone(timezone);
  if (!zone) throw validation(`Invalid ScheduleExpressionTimezone ${timezone}.`);
  const expression = String(request.ScheduleExpression);
  const parsed = parseExpression(expression, zone);
  if (!parsed) throw validation(`Invalid Schedule Expression ${expression}.`);
  const startDate = readTime('StartDate', request.StartDate);
  const endDate = readTime('EndDate', request.EndDate);
  if (startDate !== undefined && endDate !== undefined && startDate >= endDate) {
    throw validation('The StartDate you specify must come before the EndDate.');
  }
  // A schedule that has begun can be updated with the start that it has.
  const begins = startDate === before?.startDate ? undefined : startDate;
  if (parsed.kind !== 'at' && begins !== undefined && begins < now - EARLIEST_START) {
    throw validation('The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
  return {
    expression,
    timezone,
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    window: readWindow(request.FlexibleTimeWindow as FlexibleTimeWindow),
    state: (request.State ?? 'ENABLED') as Definition['state'],
    afterCompletion: (request.ActionAfterCompletion ?? 'NONE') as Definition['afterCompletion'],
    ...(request.Description === undefined ? {} : { description: String(request.Description) }),
    target: readTarget(operation, request.Target as Request, call, knows),
  };
}

function constrain(request: Request): void {
  const constraints = new Constraints();
  const window = request.FlexibleTimeWindow as FlexibleTimeWindow | undefined;
  constraints.check('name', request.Name, { ...NAME, required: true });
  constraints.check('groupName', request.GroupName, NAME);
  constraints.check('clientToken', request.ClientToken, CLIENT_TOKEN);
  constraints.check('scheduleExpression', request.ScheduleExpression, { required: true, min: 1, max: 256 });
  constraints.check('scheduleExpressionTimezone', request.ScheduleExpressionTimezone, { min: 1, max: 50 });
  constraints.check('description', request.Description, { max: 512 });
  constraints.check('state', request.State, { oneOf: ['ENABLED', 'DISABLED'] });
  constraints.check('actionAfterCompletion', request.ActionAfterCompletion, { oneOf: ['NONE', 'DELETE'] });
  constraints.check('flexibleTimeWindow', window, { required: true });
  if (window) {
    constraints.check('flexibleTimeWindow.mode', window.Mode, { required: true, oneOf: ['OFF', 'FLEXIBLE'] });
    constraints.check('flexibleTimeWindow.maximumWindowInMinutes', window.MaximumWindowInMinutes, {
      min: 1,
      max: 1_440,
    });
  }
  constrainTarget(request.Target as Request | undefined, constraints);
  constraints.done();
}

function readWindow({ Mode, MaximumWindowInMinutes }: FlexibleTimeWindow): FlexibleTimeWindow {
  if (Mode === 'OFF') {
    if (MaximumWindowInMinutes === undefined) return { Mode };
    throw validation('MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.');
  }
  if (MaximumWindowInMinutes === undefined) {
    throw validation('MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.');
  }
  return { Mode, MaximumWindowInMinutes };
}

/** SDKs send seconds since 1970; the AWS CLI may send text. */
function readTime(member: string, time: unknown): number | undefined {
  if (time === undefined) return undefined;
  const ms = typeof time === 'number' ? time * 1_000 : Date.parse(String(time));
  if (Number.isNaN(ms)) throw validation(`${member} is not a valid timestamp: ${String(time)}.`);
  return ms;
}
