import type { ResourceHandler } from './handler';

/** AWS::KMS::Alias. */
export const kmsAlias: ResourceHandler = {
  properties: ['AliasName', 'TargetKeyId'],
  refused: [],
  required: ['AliasName', 'TargetKeyId'],
  createOnly: ['AliasName'],
  nameProperty: 'AliasName',

  create: async ({ AliasName, TargetKeyId }, { call }) => {
    await call('kms', 'CreateAlias', { AliasName, TargetKeyId });
    return { physicalId: AliasName };
  },

  update: (AliasName, { TargetKeyId }, _before, { call }) => call('kms', 'UpdateAlias', { AliasName, TargetKeyId }),

  delete: (AliasName, _properties, { call }) => call('kms', 'DeleteAlias', { AliasName }),
};
