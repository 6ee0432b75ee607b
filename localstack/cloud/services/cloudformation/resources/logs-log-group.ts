import { AwsError } from '../../../core/aws-error';
import { finish, type ResourceContext, type ResourceHandler } from './handler';
import { differ } from './pick';
import { tagChanges, tagMap } from './tags';

/** AWS::Logs::LogGroup. */
export const logsLogGroup: ResourceHandler = {
  properties: ['LogGroupName', 'RetentionInDays', 'LogGroupClass', 'KmsKeyId', 'Tags'],
  refused: [
    'BearerTokenAuthenticationEnabled',
    'DataProtectionPolicy',
    'DeletionProtectionEnabled',
    'FieldIndexPolicies',
    'ResourcePolicyDocument',
  ],
  createOnly: ['LogGroupName'],

  create: async (properties, context) => {
    const logGroupName = properties.LogGroupName ?? context.newName(512);
    await context.call('logs', 'CreateLogGroup', {
      logGroupName,
      ...(properties.LogGroupClass && { logGroupClass: properties.LogGroupClass }),
      ...(properties.KmsKeyId && { kmsKeyId: properties.KmsKeyId }),
      ...(properties.Tags && { tags: tagMap(properties.Tags) }),
    });
    await finish(logGroupName, async () => {
      if (properties.RetentionInDays !== undefined) await retain(logGroupName, properties.RetentionInDays, context);
    });
    // This attribute, unlike the ARN in policies of other services, ends in `:*`: all streams of the group.
    return { physicalId: logGroupName, attributes: { Arn: `${arnOf(logGroupName, context)}:*` } };
  },

  update: async (logGroupName, properties, before, context) => {
    const { call } = context;
    const { LogGroupClass = 'STANDARD' } = properties;
    if (LogGroupClass !== (before.LogGroupClass ?? 'STANDARD')) {
      throw new AwsError('InvalidRequest', 'The class of a log group cannot be changed: updates are not supported.');
    }
    if (differ(properties, before, ['RetentionInDays']))
      await retain(logGroupName, properties.RetentionInDays, context);
    if (differ(properties, before, ['KmsKeyId'])) {
      const { KmsKeyId: kmsKeyId } = properties;
      if (kmsKeyId) await call('logs', 'AssociateKmsKey', { logGroupName, kmsKeyId });
      else await call('logs', 'DisassociateKmsKey', { logGroupName });
    }
    const tags = tagChanges(properties.Tags, before.Tags);
    const resourceArn = arnOf(logGroupName, context);
    if (tags.set.length > 0) await call('logs', 'TagResource', { resourceArn, tags: tagMap(tags.set) });
    if (tags.removed.length > 0) await call('logs', 'UntagResource', { resourceArn, tagKeys: tags.removed });
  },

  delete: (logGroupName, _properties, { call }) => call('logs', 'DeleteLogGroup', { logGroupName }),
};

const arnOf = (logGroupName: string, { region, account }: ResourceContext) =>
  `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`;

async function retain(logGroupName: string, days: unknown, { call }: ResourceContext): Promise<void> {
  if (days === undefined) await call('logs', 'DeleteRetentionPolicy', { logGroupName });
  else await call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: Number(days) });
}
