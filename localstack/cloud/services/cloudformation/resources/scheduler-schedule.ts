import { AwsError } from '../../../core/aws-error';
import { isGone } from './existence';
import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { pick, typed } from './pick';

/** Members of CreateSchedule that are properties of the same name. */
const MEMBERS = [
  'GroupName',
  'Description',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'FlexibleTimeWindow',
  'State',
  'KmsKeyArn',
  'Target',
];
const NUMBERS = ['MaximumWindowInMinutes', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds'];

/** AWS::Scheduler::Schedule. */
export const schedulerSchedule: ResourceHandler = {
  properties: ['Name', ...MEMBERS, 'StartDate', 'EndDate'],
  refused: [],
  required: ['FlexibleTimeWindow', 'ScheduleExpression', 'Target'],
  createOnly: ['Name'],

  create: async (properties, context) => {
    const Name = properties.Name ?? context.newName(64);
    const { ScheduleArn } = await put('CreateSchedule', Name, properties, context);
    return { physicalId: Name, attributes: { Arn: ScheduleArn } };
  },

  // An update says everything: what is left out goes back to its default.
  update: async (Name, properties, _before, context) => {
    try {
      await put('UpdateSchedule', Name, properties, context);
    } catch (error) {
      if (!isGone(error)) throw error;
      // So it is for one that should be in another group now: there is no way from group to group.
      // https://github.com/aws/aws-cdk/issues/34216
      const message = `Resource of type 'AWS::Scheduler::Schedule' with identifier '${Name}' was not found.`;
      throw new AwsError('NotFound', message);
    }
  },

  delete: (Name, { GroupName }, { call }) =>
    call('scheduler', 'DeleteSchedule', { Name, ...(GroupName && { GroupName }) }),
};

function put(operation: string, Name: string, properties: Properties, { call }: ResourceContext) {
  return call('scheduler', operation, {
    Name,
    ...(typed(pick(properties, MEMBERS), NUMBERS, []) as object),
    ...time('StartDate', properties),
    ...time('EndDate', properties),
  });
}

function time(name: 'StartDate' | 'EndDate', properties: Properties): Record<string, number> {
  const text = properties[name];
  if (text === undefined) return {};
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) {
    throw new AwsError(
      'InvalidRequest',
      `Invalid request provided: ${name} needs to follow the format yyyy-MM-ddTHH:mm:ss.SSSZ`,
    );
  }
  return { [name]: Date.parse(text) / 1_000 };
}
