import type { Properties, ResourceHandler } from './handler';
import { pick } from './pick';

type Weight = { readonly FunctionVersion: string; readonly FunctionWeight: number | string };

/** AWS::Lambda::Alias. */
export const lambdaAlias: ResourceHandler = {
  properties: ['FunctionName', 'Name', 'FunctionVersion', 'Description', 'RoutingConfig'],
  refused: ['ProvisionedConcurrencyConfig'],
  required: ['FunctionName', 'FunctionVersion', 'Name'],
  createOnly: ['FunctionName', 'Name'],

  create: async (properties, { call }) => {
    const { AliasArn } = await call('lambda', 'CreateAlias', {
      ...pick(properties, ['FunctionName', 'Name', 'FunctionVersion', 'Description']),
      ...(properties.RoutingConfig && { RoutingConfig: routing(properties) }),
    });
    return { physicalId: AliasArn, attributes: { AliasArn } };
  },

  update: async (_arn, properties, _before, { call }) => {
    await call('lambda', 'UpdateAlias', {
      ...pick(properties, ['FunctionName', 'Name', 'FunctionVersion']),
      Description: properties.Description ?? '',
      RoutingConfig: routing(properties),
    });
  },

  delete: (_arn, { FunctionName, Name }, { call }) => call('lambda', 'DeleteAlias', { FunctionName, Name }),
};

/** A list in templates, a map in the API. */
function routing({ RoutingConfig }: Properties): object {
  const weights: Weight[] = RoutingConfig?.AdditionalVersionWeights ?? [];
  return {
    AdditionalVersionWeights: Object.fromEntries(
      weights.map(({ FunctionVersion, FunctionWeight }) => [FunctionVersion, Number(FunctionWeight)]),
    ),
  };
}
