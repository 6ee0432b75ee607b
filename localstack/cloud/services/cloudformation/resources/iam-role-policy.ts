import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::IAM::RolePolicy: one inline policy of one role. */
export const iamRolePolicy: ResourceHandler = {
  properties: ['PolicyName', 'RoleName', 'PolicyDocument'],
  refused: [],
  required: ['PolicyName', 'RoleName'],
  createOnly: ['PolicyName', 'RoleName'],

  create: async (properties, context) => {
    await put(properties, context);
    return { physicalId: `${properties.PolicyName}|${properties.RoleName}` };
  },

  update: async (_id, properties, _before, context) => put(properties, context),

  delete: (_id, { PolicyName, RoleName }, { call }) => call('iam', 'DeleteRolePolicy', { PolicyName, RoleName }),
};

async function put({ PolicyName, RoleName, PolicyDocument }: Properties, { call }: ResourceContext): Promise<void> {
  await call('iam', 'PutRolePolicy', { PolicyName, RoleName, PolicyDocument: jsonText(PolicyDocument) });
}
