import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { asBoolean, jsonText } from './pick';

/** AWS::SecretsManager::ResourcePolicy. */
export const secretsManagerResourcePolicy: ResourceHandler = {
  properties: ['SecretId', 'ResourcePolicy', 'BlockPublicPolicy'],
  refused: [],
  required: ['SecretId', 'ResourcePolicy'],
  createOnly: ['SecretId'],

  create: async (properties, context) => {
    const ARN = await put(properties, context);
    return { physicalId: ARN, attributes: { Id: ARN } };
  },

  update: async (_id, properties, _before, context) => {
    await put(properties, context);
  },

  delete: (_id, { SecretId }, { call }) => call('secretsmanager', 'DeleteResourcePolicy', { SecretId }),
};

async function put(
  { SecretId, ResourcePolicy, BlockPublicPolicy }: Properties,
  { call }: ResourceContext,
): Promise<string> {
  const { ARN } = await call('secretsmanager', 'PutResourcePolicy', {
    SecretId,
    ResourcePolicy: jsonText(ResourcePolicy),
    ...(BlockPublicPolicy !== undefined && { BlockPublicPolicy: asBoolean(BlockPublicPolicy) }),
  });
  return ARN;
}
