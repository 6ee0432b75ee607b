import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::Logs::ResourcePolicy. */
export const logsResourcePolicy: ResourceHandler = {
  properties: ['PolicyName', 'PolicyDocument'],
  refused: [],
  required: ['PolicyName', 'PolicyDocument'],
  createOnly: ['PolicyName'],
  nameProperty: 'PolicyName',

  create: async (properties, context) => {
    await put(properties, context);
    return { physicalId: properties.PolicyName };
  },

  update: (_policyName, properties, _before, context) => put(properties, context),

  delete: (policyName, _properties, { call }) => call('logs', 'DeleteResourcePolicy', { policyName }),
};

async function put({ PolicyName, PolicyDocument }: Properties, { call }: ResourceContext): Promise<void> {
  await call('logs', 'PutResourcePolicy', { policyName: PolicyName, policyDocument: jsonText(PolicyDocument) });
}
