import { formatArn } from '../../core/arn';

export type GroupId = { readonly account: string; readonly region: string; readonly group: string };

export type ScheduleId = GroupId & { readonly name: string };

export type Tags = Readonly<Record<string, string>>;

export type GroupRecord = GroupId & {
  /** Milliseconds since 1970; the default group has always been there. */
  readonly createdAt?: number;
  readonly modifiedAt?: number;
  readonly tags: Tags;
};

/** As in the API reference, with the retry policy that AWS fills in. */
export type Target = {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
  readonly RetryPolicy: { readonly MaximumRetryAttempts: number; readonly MaximumEventAgeInSeconds: number };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly EventBridgeParameters?: { readonly DetailType: string; readonly Source: string };
};

export type FlexibleTimeWindow = { readonly Mode: 'OFF' | 'FLEXIBLE'; readonly MaximumWindowInMinutes?: number };

/** What CreateSchedule and UpdateSchedule say, with the defaults filled in. */
export type Definition = {
  readonly expression: string;
  readonly timezone: string;
  /** Milliseconds since 1970. */
  readonly startDate?: number;
  readonly endDate?: number;
  readonly window: FlexibleTimeWindow;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly afterCompletion: 'NONE' | 'DELETE';
  readonly description?: string;
  readonly target: Target;
};

/** One time at which a schedule is due. Milliseconds since 1970. */
export type Occurrence = {
  /** What the expression says. */
  readonly scheduledAt: number;
  /** When the target is invoked: later within the flexible window, if there is one. */
  readonly dueAt: number;
};

export type ScheduleRecord = ScheduleId & {
  readonly definition: Definition;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** What a `rate` counts from, unless there is a start date. */
  readonly rateFrom: number;
  /** None while it is disabled, or when its last time is over. */
  readonly next?: Occurrence;
  /** Its last time has come. */
  readonly completed?: boolean;
  /** The hop in the trace that defined it. */
  readonly cause?: string;
};

export const groupKey = ({ account, region, group }: GroupId): string => `${account}/${region}/${group}`;

export const scheduleKey = (id: ScheduleId): string => `${groupKey(id)}/${id.name}`;

export const groupArn = ({ account, region, group }: GroupId): string =>
  formatArn({ service: 'scheduler', region, account, resource: `schedule-group/${group}` });

export const scheduleArn = ({ account, region, group, name }: ScheduleId): string =>
  formatArn({ service: 'scheduler', region, account, resource: `schedule/${group}/${name}` });

/** For people: `group/name`. */
export const scheduleName = ({ group, name }: ScheduleId): string => `${group}/${name}`;
