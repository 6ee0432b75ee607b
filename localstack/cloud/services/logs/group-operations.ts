import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Operation } from '../../core/service';
import { usableKey } from './kms-key';
import { groupArn, type LogGroup, type LogGroups } from './log-groups';
import { page } from './page';

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Log groups: create, describe, delete, retention, tags. */
export function groupOperations(groups: LogGroups, registry: Registry): Record<string, Operation> {
  const describe = (group: LogGroup): object => ({
    logGroupName: group.name,
    creationTime: group.creationTime,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    ...(group.kmsKeyId === undefined ? {} : { kmsKeyId: group.kmsKeyId }),
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    storedBytes: groups.events.figures(group.id).bytes,
    logGroupClass: 'STANDARD',
  });

  return {
    CreateLogGroup: (input, call) => {
      refuseUnknown('CreateLogGroup', input, ['logGroupName', 'tags', 'logGroupClass', 'kmsKeyId']);
      if (input.logGroupClass !== undefined && input.logGroupClass !== 'STANDARD') {
        throw new AwsError('InvalidParameterException', 'Only the log group class STANDARD is there.');
      }
      validateName('logGroupName', input.logGroupName, /^[.\-_/#A-Za-z0-9]{1,512}$/);
      const { kmsKeyId: given } = input;
      const arn = groupArn(call, input.logGroupName);
      const kmsKeyId = given === undefined ? undefined : usableKey(registry, call, given, arn);
      const group = groups.create(call, input.logGroupName, input.tags ?? {});
      if (kmsKeyId !== undefined) groups.replace({ ...group, kmsKeyId });
    },
    AssociateKmsKey: (input, call) => {
      refuseUnknown('AssociateKmsKey', input, ['logGroupName', 'kmsKeyId']);
      const group = groups.get(call, input.logGroupName);
      groups.replace({ ...group, kmsKeyId: usableKey(registry, call, input.kmsKeyId, group.arn) });
    },
    DisassociateKmsKey: (input, call) => {
      refuseUnknown('DisassociateKmsKey', input, ['logGroupName']);
      const { kmsKeyId: _, ...group } = groups.get(call, input.logGroupName);
      groups.replace(group);
    },
    DeleteLogGroup: (input, call) => {
      refuseUnknown('DeleteLogGroup', input, ['logGroupName']);
      groups.delete(groups.get(call, input.logGroupName));
    },
    DescribeLogGroups: (input, call) => {
      refuseUnknown('DescribeLogGroups', input, [
        'logGroupNamePrefix',
        'logGroupNamePattern',
        'logGroupClass',
        'nextToken',
        'limit',
      ]);
      if (input.logGroupNamePrefix && input.logGroupNamePattern) {
        throw new AwsError(
          'InvalidParameterException',
          'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
        );
      }
      const found = groups
        .list(call)
        .filter(
          ({ name }) =>
            name.startsWith(input.logGroupNamePrefix ?? '') &&
            name.toLowerCase().includes(String(input.logGroupNamePattern ?? '').toLowerCase()) &&
            (input.logGroupClass ?? 'STANDARD') === 'STANDARD',
        );
      const { items, nextToken } = page(found, ({ name }) => name, input.nextToken, input.limit ?? 50);
      return { logGroups: items.map(describe), ...nextToken };
    },
    PutRetentionPolicy: (input, call) => {
      refuseUnknown('PutRetentionPolicy', input, ['logGroupName', 'retentionInDays']);
      if (!RETENTION_DAYS.includes(input.retentionInDays)) {
        throw new AwsError(
          'InvalidParameterException',
          `1 validation error detected: Value '${input.retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
        );
      }
      groups.replace({ ...groups.get(call, input.logGroupName), retentionInDays: input.retentionInDays });
    },
    DeleteRetentionPolicy: (input, call) => {
      refuseUnknown('DeleteRetentionPolicy', input, ['logGroupName']);
      const { retentionInDays: _, ...group } = groups.get(call, input.logGroupName);
      groups.replace(group);
    },
    TagResource: (input, call) => {
      const group = groups.get(call, input.resourceArn);
      groups.replace({ ...group, tags: { ...group.tags, ...input.tags } });
    },
    UntagResource: (input, call) => {
      const group = groups.get(call, input.resourceArn);
      const kept = Object.entries(group.tags).filter(([key]) => !input.tagKeys.includes(key));
      groups.replace({ ...group, tags: Object.fromEntries(kept) });
    },
    ListTagsForResource: (input, call) => ({ tags: groups.get(call, input.resourceArn).tags }),
    ListTagsLogGroup: (input, call) => ({ tags: groups.get(call, input.logGroupName).tags }),
  };
}

export function validateName(member: string, value: unknown, pattern: RegExp): void {
  if (typeof value === 'string' && pattern.test(value)) return;
  throw new AwsError(
    'InvalidParameterException',
    `1 validation error detected: Value '${value ?? ''}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`,
  );
}
