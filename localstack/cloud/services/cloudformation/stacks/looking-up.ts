import { AwsError } from '../../../core/aws-error';
import { type Properties, type ResourceContext, ResourceFault, type ResourceHandler } from '../resources/handler';
import { checkReferences, lookedUp, mentionsReferences, replaceReferences } from '../template/dynamic-references';
import { referenceValues } from './reference-values';

/**
 * A handler that sees what the dynamic references in its properties stand for, with the rights of the deployment. The
 * record of the resource, its events and everything else keep the references: values may be secrets.
 */
export function lookingUp(handler: ResourceHandler): ResourceHandler {
  const { update } = handler;
  return {
    ...handler,
    create: async (properties, context) =>
      handler.create(replaced(properties, await values(properties, context)), context),
    ...(update && {
      update: async (physicalId, properties, before, context) => {
        const known = await values(properties, context);
        // A reference that is the same as before is no change.
        return update(physicalId, replaced(properties, known), replaced(before, known), context);
      },
    }),
  };
}

async function values(properties: Properties, { type, call }: ResourceContext): Promise<Record<string, string>> {
  if (!mentionsReferences(properties)) return {};
  try {
    checkReferences(type, properties);
    return await lookedUp(properties, referenceValues(call));
  } catch (error) {
    // CloudFormation's own words, not a service's.
    if (error instanceof AwsError && error.code === 'ValidationError') throw new ResourceFault(error.message);
    throw error;
  }
}

const replaced = (properties: Properties, known: Record<string, string>): Properties =>
  Object.keys(known).length === 0 ? properties : (replaceReferences(properties, known) as Properties);
