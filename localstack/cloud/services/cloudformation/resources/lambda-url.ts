import type { Properties, ResourceHandler } from './handler';
import { pick, typed } from './pick';

const MEMBERS = ['AuthType', 'Cors', 'InvokeMode'];

/** AWS::Lambda::Url. */
export const lambdaUrl: ResourceHandler = {
  properties: [...MEMBERS, 'TargetFunctionArn', 'Qualifier'],
  refused: [],
  required: ['TargetFunctionArn', 'AuthType'],
  createOnly: ['TargetFunctionArn', 'Qualifier'],

  create: async (properties, { call }) => {
    const { FunctionArn, FunctionUrl } = await call('lambda', 'CreateFunctionUrlConfig', inputOf(properties));
    return { physicalId: FunctionArn, attributes: { FunctionArn, FunctionUrl } };
  },

  update: async (_id, properties, _before, { call }) => {
    const { FunctionArn, FunctionUrl } = await call('lambda', 'UpdateFunctionUrlConfig', {
      Cors: {},
      InvokeMode: 'BUFFERED',
      ...inputOf(properties),
    });
    return { FunctionArn, FunctionUrl };
  },

  delete: (_id, properties, { call }) => call('lambda', 'DeleteFunctionUrlConfig', place(properties)),
};

const place = ({ TargetFunctionArn, Qualifier }: Properties) => ({
  FunctionName: TargetFunctionArn,
  ...(Qualifier && { Qualifier }),
});

const inputOf = (properties: Properties) => ({
  ...place(properties),
  ...(typed(pick(properties, MEMBERS), ['MaxAge'], ['AllowCredentials']) as object),
});
