import type { ResourceHandler } from './handler';
import { pick, typed } from './pick';

const PROPERTIES = [
  'Action',
  'FunctionName',
  'Principal',
  'SourceArn',
  'SourceAccount',
  'PrincipalOrgID',
  'FunctionUrlAuthType',
  'InvokedViaFunctionUrl',
];

/** AWS::Lambda::Permission: one statement of a function's policy. Any change makes a new one. */
export const lambdaPermission: ResourceHandler = {
  properties: PROPERTIES,
  refused: ['EventSourceToken'],
  required: ['FunctionName', 'Action', 'Principal'],
  createOnly: [],

  create: async (properties, { call, newName }) => {
    const StatementId = newName(100);
    await call('lambda', 'AddPermission', {
      StatementId,
      ...(typed(pick(properties, PROPERTIES), [], ['InvokedViaFunctionUrl']) as object),
    });
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },

  delete: (StatementId, { FunctionName }, { call }) =>
    call('lambda', 'RemovePermission', { FunctionName, StatementId }),
};
