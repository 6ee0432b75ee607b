import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** Gives a resource its policy, JSON; the empty text takes it away. */
type SetPolicy = (target: string, policy: string, context: ResourceContext) => Promise<unknown>;

/** A resource that is the policy of one or several others, which its property `list` names. */
export function attachedPolicy(list: string, set: SetPolicy): ResourceHandler {
  const setAll = async (targets: readonly string[], policy: string, context: ResourceContext) => {
    for (const target of targets) await set(target, policy, context);
  };
  const apply = (properties: Properties, context: ResourceContext) =>
    setAll(properties[list], jsonText(properties.PolicyDocument), context);
  return {
    properties: ['PolicyDocument', list],
    refused: [],
    required: ['PolicyDocument', list],
    createOnly: [],

    create: async (properties, context) => {
      await apply(properties, context);
      const Id = context.newName(80);
      return { physicalId: Id, attributes: { Id } };
    },

    update: async (_id, properties, before, context) => {
      const left = (before[list] as string[]).filter((target) => !properties[list].includes(target));
      await setAll(left, '', context);
      await apply(properties, context);
    },

    delete: (_id, properties, context) => setAll(properties[list], '', context),
  };
}

/** A resource that is the policy of one other, which its property `target` names; its id is that one's. */
export function inlinePolicy(target: string, set: SetPolicy): ResourceHandler {
  return {
    properties: ['PolicyDocument', target],
    refused: [],
    required: ['PolicyDocument', target],
    createOnly: [target],

    create: async (properties, context) => {
      await set(properties[target], jsonText(properties.PolicyDocument), context);
      return { physicalId: properties[target] };
    },

    update: async (id, { PolicyDocument }, _before, context) => {
      await set(id, jsonText(PolicyDocument), context);
    },

    delete: async (id, _properties, context) => {
      await set(id, '', context);
    },
  };
}
