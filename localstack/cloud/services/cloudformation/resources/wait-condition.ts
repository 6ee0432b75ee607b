import { notImplemented } from '../../../core/aws-error';
import type { ResourceHandler } from './handler';

/** AWS::CloudFormation::WaitConditionHandle: nothing but a place in the order of things, unless somebody waits for its signals. */
export const waitConditionHandle: ResourceHandler = {
  properties: [],
  createOnly: [],

  create: async (_properties, { region, stackId, newName }) => ({
    physicalId: `https://cloudformation-waitcondition-${region}.s3.amazonaws.com/${encodeURIComponent(`${stackId}/${newName(128)}`)}`,
  }),

  delete: async () => {},
};

/** AWS::CloudFormation::WaitCondition that waits for no signal, which is how templates order their resources. */
export const waitCondition: ResourceHandler = {
  properties: ['Count', 'Handle', 'Timeout'],
  createOnly: [],

  create: async ({ Count = 1 }, { newName }) => {
    if (Number(Count) !== 0) throw notImplemented(`AWS::CloudFormation::WaitCondition: Count ${Count}`);
    return { physicalId: newName(128), attributes: { Data: '{}' } };
  },

  delete: async () => {},
};
