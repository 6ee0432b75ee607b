import { refuseUnknown } from '../../../core/aws-error';
import type { Properties } from './handler';

/** A rule of `LifecycleConfiguration`, as the API has it: there conditions are a filter, and actions objects. */
export function lifecycleRule(rule: Properties): object {
  refuseUnknown('AWS::S3::Bucket: lifecycle rule', rule, RULE_PROPERTIES);
  const tags = rule.TagFilters as unknown[] | undefined;
  const conditions = {
    ...(rule.Prefix !== undefined && { Prefix: rule.Prefix }),
    ...(tags?.length && { Tags: tags }),
    ...(rule.ObjectSizeGreaterThan !== undefined && { ObjectSizeGreaterThan: rule.ObjectSizeGreaterThan }),
    ...(rule.ObjectSizeLessThan !== undefined && { ObjectSizeLessThan: rule.ObjectSizeLessThan }),
  };
  const expiration = {
    ...(rule.ExpirationInDays !== undefined && { Days: rule.ExpirationInDays }),
    ...(rule.ExpirationDate !== undefined && { Date: rule.ExpirationDate }),
    ...(rule.ExpiredObjectDeleteMarker !== undefined && { ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker }),
  };
  const noncurrent =
    rule.NoncurrentVersionExpiration ??
    (rule.NoncurrentVersionExpirationInDays === undefined
      ? undefined
      : { NoncurrentDays: rule.NoncurrentVersionExpirationInDays });
  const transitions = [rule.Transitions ?? [], rule.Transition ?? []].flat();
  const noncurrentTransitions = [
    rule.NoncurrentVersionTransitions ?? [],
    rule.NoncurrentVersionTransition ?? [],
  ].flat();
  return {
    ...(rule.Id !== undefined && { ID: rule.Id }),
    Status: rule.Status,
    Filter: Object.keys(conditions).length > 1 || tags?.length ? { And: conditions } : conditions,
    ...(Object.keys(expiration).length > 0 && { Expiration: expiration }),
    ...(noncurrent && { NoncurrentVersionExpiration: noncurrent }),
    ...(rule.AbortIncompleteMultipartUpload && { AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload }),
    ...(transitions.length > 0 && {
      Transitions: transitions.map(({ TransitionInDays, TransitionDate, StorageClass }: Properties) => ({
        ...(TransitionInDays !== undefined && { Days: TransitionInDays }),
        ...(TransitionDate !== undefined && { Date: TransitionDate }),
        StorageClass,
      })),
    }),
    ...(noncurrentTransitions.length > 0 && {
      NoncurrentVersionTransitions: noncurrentTransitions.map(
        ({ TransitionInDays, NewerNoncurrentVersions, StorageClass }: Properties) => ({
          NoncurrentDays: TransitionInDays,
          ...(NewerNoncurrentVersions !== undefined && { NewerNoncurrentVersions }),
          StorageClass,
        }),
      ),
    }),
  };
}

const RULE_PROPERTIES = [
  'Id',
  'Status',
  'Prefix',
  'TagFilters',
  'ObjectSizeGreaterThan',
  'ObjectSizeLessThan',
  'ExpirationInDays',
  'ExpirationDate',
  'ExpiredObjectDeleteMarker',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionExpirationInDays',
  'AbortIncompleteMultipartUpload',
  'Transition',
  'Transitions',
  'NoncurrentVersionTransition',
  'NoncurrentVersionTransitions',
];

/** `NotificationConfiguration`, as the API has it: there every destination has a list of events. */
export function notificationConfiguration(property: Properties): object {
  refuseUnknown('AWS::S3::Bucket: NotificationConfiguration', property, [
    'EventBridgeConfiguration',
    'LambdaConfigurations',
    'QueueConfigurations',
    'TopicConfigurations',
  ]);
  const destination = ({ Event, Filter, ...rest }: Properties, from: string, to: string) => {
    refuseUnknown('AWS::S3::Bucket: NotificationConfiguration', rest, [from]);
    return {
      Events: [Event],
      [to]: rest[from],
      ...(Filter && { Filter: { Key: { FilterRules: Filter.S3Key.Rules } } }),
    };
  };
  const {
    EventBridgeConfiguration,
    LambdaConfigurations = [],
    QueueConfigurations = [],
    TopicConfigurations = [],
  } = property;
  // It is on unless it is turned off by name.
  const toBus = EventBridgeConfiguration && String(EventBridgeConfiguration.EventBridgeEnabled ?? true) === 'true';
  return {
    LambdaFunctionConfigurations: LambdaConfigurations.map((one: Properties) =>
      destination(one, 'Function', 'LambdaFunctionArn'),
    ),
    QueueConfigurations: QueueConfigurations.map((one: Properties) => destination(one, 'Queue', 'QueueArn')),
    TopicConfigurations: TopicConfigurations.map((one: Properties) => destination(one, 'Topic', 'TopicArn')),
    ...(toBus && { EventBridgeConfiguration: {} }),
  };
}
