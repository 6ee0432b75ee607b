import { AwsError } from '../../../core/aws-error';
import type { ResourceHandler } from './handler';
import { pick } from './pick';

/** AWS::Lambda::Version: the function as it stands when the resource is made. */
export const lambdaVersion: ResourceHandler = {
  properties: ['FunctionName', 'Description', 'CodeSha256'],
  refused: ['ProvisionedConcurrencyConfig', 'RuntimePolicy', 'FunctionScalingConfig'],
  required: ['FunctionName'],
  createOnly: ['FunctionName', 'Description', 'CodeSha256'],

  create: async (properties, { call }) => {
    const { FunctionName } = properties;
    const versions = await call('lambda', 'ListVersionsByFunction', { FunctionName, MaxItems: 10_000 });
    const { FunctionArn, Version } = await call('lambda', 'PublishVersion', {
      FunctionName,
      ...pick(properties, ['Description', 'CodeSha256']),
    });
    // Lambda answers the last version when nothing has changed since; that is not this resource's to delete.
    if ((versions.Versions as { Version: string }[]).some((known) => known.Version === Version)) {
      throw new AwsError(
        'AlreadyExists',
        `A version for this Lambda function exists ( ${Version} ). Modify the function to create a new version.`,
      );
    }
    return { physicalId: FunctionArn, attributes: { FunctionArn, Version } };
  },

  delete: (FunctionName, _properties, { call }) => call('lambda', 'DeleteFunction', { FunctionName }),
};
