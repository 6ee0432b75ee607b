import { removeIfThere } from './existence';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { differ, jsonText, pick } from './pick';
import { tagChanges } from './tags';

type InlinePolicy = { readonly PolicyName: string; readonly PolicyDocument: unknown };

/** AWS::IAM::Role, with its inline policies and attachments. */
export const iamRole: ResourceHandler = {
  properties: [
    'RoleName',
    'Path',
    'AssumeRolePolicyDocument',
    'Description',
    'MaxSessionDuration',
    'ManagedPolicyArns',
    'PermissionsBoundary',
    'Policies',
    'Tags',
  ],
  refused: [],
  required: ['AssumeRolePolicyDocument'],
  createOnly: ['RoleName', 'Path'],
  nameProperty: 'RoleName',

  create: async (properties, context) => {
    const RoleName = properties.RoleName ?? context.newName(64);
    const { Role } = await context.call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: jsonText(properties.AssumeRolePolicyDocument),
      ...pick(properties, ['Path', 'Description', 'MaxSessionDuration', 'PermissionsBoundary', 'Tags']),
    });
    await finish(RoleName, () => grants(RoleName, properties, {}, context));
    return { physicalId: RoleName, attributes: { Arn: Role.Arn, RoleId: Role.RoleId } };
  },

  update: async (RoleName, properties, before, context) => {
    const { call } = context;
    if (differ(properties, before, ['AssumeRolePolicyDocument'])) {
      const PolicyDocument = jsonText(properties.AssumeRolePolicyDocument);
      await call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
    }
    if (differ(properties, before, ['Description', 'MaxSessionDuration'])) {
      await call('iam', 'UpdateRole', {
        RoleName,
        Description: properties.Description ?? '',
        MaxSessionDuration: properties.MaxSessionDuration ?? 3600,
      });
    }
    if (differ(properties, before, ['PermissionsBoundary'])) {
      const { PermissionsBoundary } = properties;
      if (PermissionsBoundary) await call('iam', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary });
      else await removeIfThere(call('iam', 'DeleteRolePermissionsBoundary', { RoleName }));
    }
    await grants(RoleName, properties, before, context);
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length > 0) await call('iam', 'TagRole', { RoleName, Tags: tags.set });
    if (tags.removed.length > 0) await call('iam', 'UntagRole', { RoleName, TagKeys: tags.removed });
  },

  delete: async (RoleName, properties, context) => {
    await grants(RoleName, {}, properties, context);
    await context.call('iam', 'DeleteRole', { RoleName });
  },
};

async function grants(
  RoleName: string,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  const policies: InlinePolicy[] = properties.Policies ?? [];
  const arns: string[] = properties.ManagedPolicyArns ?? [];
  for (const { PolicyName, PolicyDocument } of policies) {
    await call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: jsonText(PolicyDocument) });
  }
  for (const PolicyArn of arns) await call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  for (const { PolicyName } of (before.Policies ?? []) as InlinePolicy[]) {
    if (!policies.some((policy) => policy.PolicyName === PolicyName)) {
      await removeIfThere(call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
    }
  }
  for (const PolicyArn of (before.ManagedPolicyArns ?? []) as string[]) {
    if (!arns.includes(PolicyArn)) await removeIfThere(call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
  }
}
