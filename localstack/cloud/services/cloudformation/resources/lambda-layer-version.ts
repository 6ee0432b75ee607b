import { withoutCli } from '../custom/cdk-bucket-deployment';
import type { ResourceHandler } from './handler';
import { pick } from './pick';

const MEMBERS = ['Content', 'Description', 'LicenseInfo', 'CompatibleRuntimes', 'CompatibleArchitectures'];

/** AWS::Lambda::LayerVersion: a layer never changes, it gets new versions. */
export const lambdaLayerVersion: ResourceHandler = {
  properties: [...MEMBERS, 'LayerName'],
  refused: [],
  required: ['Content'],
  createOnly: [...MEMBERS, 'LayerName'],

  create: async (properties, { call, newName }) => {
    const { LayerVersionArn } = await call('lambda', 'PublishLayerVersion', {
      LayerName: properties.LayerName ?? newName(140),
      ...pick(withoutCli(properties), MEMBERS),
    });
    return { physicalId: LayerVersionArn, attributes: { LayerVersionArn } };
  },

  delete: (arn, _properties, { call }) => {
    const colon = arn.lastIndexOf(':');
    return call('lambda', 'DeleteLayerVersion', {
      LayerName: arn.slice(0, colon),
      VersionNumber: Number(arn.slice(colon + 1)),
    });
  },
};
