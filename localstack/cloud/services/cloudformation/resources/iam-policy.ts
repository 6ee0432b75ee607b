import { removeIfThere } from './existence';
import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::IAM::Policy: an inline policy in one or several roles. */
export const iamPolicy: ResourceHandler = {
  properties: ['PolicyName', 'PolicyDocument', 'Roles'],
  refused: ['Groups', 'Users'],
  required: ['PolicyDocument', 'PolicyName'],
  createOnly: [],

  create: async (properties, context) => {
    await put(properties, context);
    const Id = context.newName(128);
    return { physicalId: Id, attributes: { Id } };
  },

  update: async (_id, properties, before, context) => {
    const kept = properties.PolicyName === before.PolicyName ? rolesIn(properties) : [];
    await put(properties, context);
    const left = rolesIn(before).filter((role) => !kept.includes(role));
    await remove(before.PolicyName, left, context);
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
  for (const RoleName of roles) {
    await removeIfThere(call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  }
}
