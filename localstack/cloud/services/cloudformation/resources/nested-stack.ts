import { AwsError } from '../../../core/aws-error';
import {
  type Attributes,
  PartlyMade,
  type Properties,
  type ResourceContext,
  ResourceFault,
  type ResourceHandler,
} from './handler';
import { pick } from './pick';

type Described = {
  readonly StackId: string;
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
  readonly Outputs: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
};

/** AWS::CloudFormation::Stack: a stack within a stack. */
export const nestedStack: ResourceHandler = {
  properties: ['TemplateURL', 'Parameters', 'Tags', 'TimeoutInMinutes'],
  refused: ['NotificationARNs'],
  required: ['TemplateURL'],
  createOnly: [],

  create: async (properties, context) => {
    const input = {
      StackName: context.newName(128),
      // What is left of it goes when the parent is rolled back.
      OnFailure: 'DO_NOTHING',
      ...pick(properties, ['TimeoutInMinutes']),
      ...target(properties, context),
    };
    const { StackId } = await run('CreateStack', input, context);
    const stack = await describe(StackId, context);
    if (stack.StackStatus !== 'CREATE_COMPLETE') {
      const reason = `Embedded stack ${StackId} was not successfully created: ${stack.StackStatusReason}`;
      throw new PartlyMade(StackId, new ResourceFault(reason));
    }
    return { physicalId: StackId, attributes: attributesOf(stack) };
  },

  update: async (StackName, properties, _before, context) => {
    try {
      await run('UpdateStack', { StackName, ...target(properties, context) }, context);
    } catch (error) {
      const unchanged = error instanceof AwsError && error.message === 'No updates are to be performed.';
      if (!unchanged) throw error;
      return attributesOf(await describe(StackName, context));
    }
    const stack = await describe(StackName, context);
    if (stack.StackStatus !== 'UPDATE_COMPLETE') {
      throw new ResourceFault(
        `Embedded stack ${StackName} was not successfully updated. Currently in ${stack.StackStatus} with reason: ${stack.StackStatusReason}`,
      );
    }
    return attributesOf(stack);
  },

  delete: async (StackName, _properties, context) => {
    await run('DeleteStack', { StackName }, context);
    const stack = await describe(StackName, context);
    if (stack.StackStatus !== 'DELETE_COMPLETE') {
      throw new ResourceFault(
        `Embedded stack ${StackName} was not successfully deleted: ${stack.StackStatusReason ?? stack.StackStatus}`,
      );
    }
  },
};

/** It is a deployment of its own, for which the parent waits. */
// biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
const run = (operation: string, input: object, { call, waitFor }: ResourceContext): Promise<any> =>
  waitFor(call('cloudformation', operation, input));

const describe = async (StackName: string, context: ResourceContext): Promise<Described> =>
  (await run('DescribeStacks', { StackName }, context)).Stacks[0];

/** Its resources need no other acknowledgement than the parent's. */
function target(properties: Properties, { capabilities }: ResourceContext): object {
  const parameters = Object.entries((properties.Parameters ?? {}) as Record<string, unknown>);
  return {
    ...pick(properties, ['TemplateURL']),
    Tags: properties.Tags ?? [],
    Capabilities: capabilities,
    Parameters: parameters.map(([ParameterKey, value]) => ({
      ParameterKey,
      ParameterValue: Array.isArray(value) ? value.join(',') : String(value),
    })),
  };
}

const attributesOf = ({ Outputs }: Described): Attributes =>
  Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [`Outputs.${OutputKey}`, OutputValue]));
