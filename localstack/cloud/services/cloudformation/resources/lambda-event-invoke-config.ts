import { refuseExisting } from './existence';
import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { pick, typed } from './pick';

/** AWS::Lambda::EventInvokeConfig. */
export const lambdaEventInvokeConfig: ResourceHandler = {
  properties: ['FunctionName', 'Qualifier', 'DestinationConfig', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts'],
  refused: [],
  required: ['FunctionName', 'Qualifier'],
  createOnly: ['FunctionName', 'Qualifier'],

  create: async (properties, context) => {
    const physicalId = `${properties.FunctionName}|${properties.Qualifier}`;
    await refuseExisting('AWS::Lambda::EventInvokeConfig', physicalId, () =>
      context.call('lambda', 'GetFunctionEventInvokeConfig', place(properties)),
    );
    await put(properties, context);
    return { physicalId };
  },

  update: async (_id, properties, _before, context) => put(properties, context),

  delete: (_id, properties, { call }) => call('lambda', 'DeleteFunctionEventInvokeConfig', place(properties)),
};

const place = (properties: Properties) => pick(properties, ['FunctionName', 'Qualifier']);

/** Replaces the whole configuration: what is not set any more has its default again. */
async function put(properties: Properties, { call }: ResourceContext): Promise<void> {
  const members = ['DestinationConfig', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts'];
  await call('lambda', 'PutFunctionEventInvokeConfig', {
    ...place(properties),
    ...(typed(pick(properties, members), members.slice(1), []) as object),
  });
}
