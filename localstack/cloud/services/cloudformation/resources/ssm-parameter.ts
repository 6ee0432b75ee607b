import { AwsError } from '../../../core/aws-error';
import { randomName } from '../../../core/ids';
import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { pick } from './pick';

const MEMBERS = ['Type', 'Value', 'Description', 'AllowedPattern', 'Tier', 'DataType'];

/** AWS::SSM::Parameter. */
export const ssmParameter: ResourceHandler = {
  properties: [...MEMBERS, 'Name', 'Tags'],
  refused: ['Policies'],
  required: ['Value', 'Type'],
  createOnly: ['Name'],

  create: async (properties, context) => {
    refuseSecure(properties);
    // Not after the stack: names must not begin with `aws` or `ssm`.
    const Name = properties.Name ?? `CFN-${context.logicalId}-${randomName(12)}`;
    const Tags = Object.entries(properties.Tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
    await context.call('ssm', 'PutParameter', { Name, ...pick(properties, MEMBERS), Tags });
    return { physicalId: Name, attributes: attributesOf(properties) };
  },

  update: async (Name, properties, before, context) => {
    refuseSecure(properties);
    await context.call('ssm', 'PutParameter', { Name, ...pick(properties, MEMBERS), Overwrite: true });
    await retag(Name, properties, before, context);
    return attributesOf(properties);
  },

  delete: (Name, _properties, { call }) => call('ssm', 'DeleteParameter', { Name }),
};

/** A template is no place for a secret. */
function refuseSecure({ Type }: Properties): void {
  if (Type !== 'SecureString') return;
  throw new AwsError('ValidationException', 'SecureString is not a type that AWS::SSM::Parameter can have.');
}

const attributesOf = ({ Type, Value }: Properties) => ({ Type, Value });

/** Tags of parameters are a map already. */
async function retag(
  ResourceId: string,
  { Tags: now = {} }: Properties,
  { Tags: before = {} }: Properties,
  { call }: ResourceContext,
): Promise<void> {
  const set = Object.entries(now).filter(([key, value]) => before[key] !== value);
  const removed = Object.keys(before).filter((key) => !(key in now));
  const place = { ResourceType: 'Parameter', ResourceId };
  if (set.length > 0) {
    await call('ssm', 'AddTagsToResource', { ...place, Tags: set.map(([Key, Value]) => ({ Key, Value })) });
  }
  if (removed.length > 0) await call('ssm', 'RemoveTagsFromResource', { ...place, TagKeys: removed });
}
