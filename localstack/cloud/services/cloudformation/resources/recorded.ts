import type { Attributes, Properties, ResourceContext, ResourceHandler } from './handler';

/**
 * A resource that is only recorded: nothing of it exists but its name and attributes. For what CDK puts into every
 * environment and an app here never uses; docs/parity/cloudformation.md says which.
 */
function recorded(
  properties: readonly string[],
  describe: (properties: Properties, context: ResourceContext) => { physicalId: string; attributes: Attributes },
  rest: Pick<ResourceHandler, 'refused'> & { readonly createOnly: readonly string[] } = { createOnly: [] },
): ResourceHandler {
  return {
    properties,
    ...rest,
    create: async (given, context) => describe(given, context),
    update: async () => {},
    delete: async () => {},
  };
}

/** AWS::CDK::Metadata. */
export const cdkMetadata = recorded(['Analytics'], (_properties, { newName }) => ({
  physicalId: newName(128),
  attributes: {},
}));

/** AWS::ECR::Repository, which `cdk bootstrap` makes for container images; there are none here. */
export const ecrRepository = recorded(
  ['RepositoryName', 'ImageTagMutability', 'LifecyclePolicy', 'RepositoryPolicyText', 'ImageScanningConfiguration'],
  ({ RepositoryName }, { region, account, newName }) => {
    const name = RepositoryName ?? newName(256).toLowerCase();
    return {
      physicalId: name,
      attributes: {
        Arn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
        RepositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
      },
    };
  },
  {
    createOnly: ['RepositoryName'],
    refused: ['EmptyOnDelete', 'EncryptionConfiguration', 'ImageTagMutabilityExclusionFilters', 'Tags'],
  },
);
