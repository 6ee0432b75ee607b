import { removeIfThere } from './existence';
import { type Attributes, finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { differ, jsonText, pick } from './pick';

const MAX_VERSIONS = 5;

/** AWS::IAM::ManagedPolicy. */
export const iamManagedPolicy: ResourceHandler = {
  properties: ['ManagedPolicyName', 'Path', 'Description', 'PolicyDocument', 'Roles'],
  refused: ['Groups', 'Users'],
  required: ['PolicyDocument'],
  createOnly: ['ManagedPolicyName', 'Path', 'Description'],
  nameProperty: 'ManagedPolicyName',

  create: async (properties, context) => {
    const { Policy } = await context.call('iam', 'CreatePolicy', {
      PolicyName: properties.ManagedPolicyName ?? context.newName(128),
      PolicyDocument: jsonText(properties.PolicyDocument),
      ...pick(properties, ['Path', 'Description']),
    });
    await finish(Policy.Arn, () => attach(Policy.Arn, properties, {}, context));
    return { physicalId: Policy.Arn, attributes: await attributesOf(Policy.Arn, context) };
  },

  update: async (PolicyArn, properties, before, context) => {
    if (differ(properties, before, ['PolicyDocument'])) {
      await makeRoom(PolicyArn, context);
      await context.call('iam', 'CreatePolicyVersion', {
        PolicyArn,
        PolicyDocument: jsonText(properties.PolicyDocument),
        SetAsDefault: true,
      });
    }
    await attach(PolicyArn, properties, before, context);
    return attributesOf(PolicyArn, context);
  },

  delete: async (PolicyArn, properties, context) => {
    await attach(PolicyArn, {}, properties, context);
    for (const { VersionId } of await otherVersions(PolicyArn, context)) {
      await context.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId });
    }
    await context.call('iam', 'DeletePolicy', { PolicyArn });
  },
};

async function attributesOf(PolicyArn: string, { call }: ResourceContext): Promise<Attributes> {
  const { Policy } = await call('iam', 'GetPolicy', { PolicyArn });
  return {
    PolicyArn,
    PolicyId: Policy.PolicyId,
    DefaultVersionId: Policy.DefaultVersionId,
    IsAttachable: Policy.IsAttachable ?? true,
    AttachmentCount: Policy.AttachmentCount,
    PermissionsBoundaryUsageCount: Policy.PermissionsBoundaryUsageCount ?? 0,
    CreateDate: new Date(Policy.CreateDate).toISOString(),
    UpdateDate: new Date(Policy.UpdateDate).toISOString(),
  };
}

async function attach(
  PolicyArn: string,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  const roles: string[] = properties.Roles ?? [];
  for (const RoleName of roles) await call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  for (const RoleName of (before.Roles ?? []) as string[]) {
    if (!roles.includes(RoleName)) {
      await removeIfThere(call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    }
  }
}

type Version = { readonly VersionId: string; readonly IsDefaultVersion: boolean };

/** Newest first. */
async function otherVersions(PolicyArn: string, { call }: ResourceContext): Promise<Version[]> {
  const { Versions } = await call('iam', 'ListPolicyVersions', { PolicyArn });
  return (Versions as Version[]).filter((version) => !version.IsDefaultVersion);
}

/** A policy has five versions at most: the oldest makes room. */
async function makeRoom(PolicyArn: string, context: ResourceContext): Promise<void> {
  const others = await otherVersions(PolicyArn, context);
  const oldest = others.pop();
  if (oldest && others.length + 2 >= MAX_VERSIONS) {
    await context.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId: oldest.VersionId });
  }
}
