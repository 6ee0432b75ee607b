import { AwsError, notImplemented } from '../../core/aws-error';
import type { Call, Operation } from '../../core/service';
import type { Parameter } from './parameter';
import type { Parameters } from './parameters';

type Input = { readonly ResourceType?: string; readonly ResourceId?: string };

/** Tags of parameters; Systems Manager has other resources, which are not here. */
export function tagOperations(parameters: Parameters): Record<string, Operation> {
  const get = (operation: string, { ResourceType, ResourceId = '' }: Input, call: Call): Parameter => {
    if (ResourceType !== 'Parameter') throw notImplemented(`${operation}: ResourceType ${ResourceType}`);
    const parameter = parameters.find(ResourceId, call);
    if (!parameter)
      throw new AwsError(
        'InvalidResourceId',
        `The resource ID "${ResourceId}" is not valid. Verify the ID and try again.`,
      );
    return parameter;
  };
  return {
    AddTagsToResource: (input, call) => {
      const parameter = get('AddTagsToResource', input, call);
      const tags = { ...parameter.tags, ...toTags(input.Tags) };
      if (Object.keys(tags).length > 50) throw new AwsError('TooManyTagsError', 'The limit of 50 tags is exceeded.');
      parameters.set({ ...parameter, tags }, call);
      return {};
    },
    RemoveTagsFromResource: (input, call) => {
      const parameter = get('RemoveTagsFromResource', input, call);
      const gone = (input.TagKeys ?? []) as string[];
      const tags = Object.fromEntries(Object.entries(parameter.tags).filter(([key]) => !gone.includes(key)));
      parameters.set({ ...parameter, tags }, call);
      return {};
    },
    ListTagsForResource: (input, call) => {
      const { tags } = get('ListTagsForResource', input, call);
      return { TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

export const toTags = (tags: readonly { Key: string; Value: string }[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
