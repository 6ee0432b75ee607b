import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::IAM::Policy: an inline policy in one or several roles. */
export const iamPolicy: ResourceHandler = {
  properties: ['PolicyName', 'PolicyDocument', 'Roles'],
  createOnly: ['PolicyName'],

  create: async (properties, context) => {
    await put(properties, context);
    return { physicalId: context.newName(128), attributes: {} };
  },

  update: async (_id, properties, before, context) => {
    const roles = rolesIn(properties);
    await put(properties, context);
    await remove(
      before.PolicyName,
      rolesIn(before).filter((role) => !roles.includes(role)),
      context,
    );
  },

  delete: (_id, properties, context) => remove(properties.PolicyName, rolesIn(properties), context),
};

const rolesIn = (properties: Properties): string[] => properties.Roles ?? [];

async function put(properties: Properties, { call }: ResourceContext): Promise<void> {
  const { PolicyName } = properties;
  for (const RoleName of rolesIn(properties)) {
    await call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: jsonText(properties.PolicyDocument) });
  }
}

async function remove(PolicyName: string, roles: readonly string[], { call }: ResourceContext): Promise<void> {
  for (const RoleName of roles) await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
}
