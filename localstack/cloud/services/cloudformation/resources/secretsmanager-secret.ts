import { AwsError } from '../../../core/aws-error';
import { randomName, uuid } from '../../../core/ids';
import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { differ, pick, typed } from './pick';
import { tagChanges } from './tags';

const FLAGS = [
  'ExcludeLowercase',
  'ExcludeNumbers',
  'ExcludePunctuation',
  'ExcludeUppercase',
  'IncludeSpace',
  'RequireEachIncludedType',
];

/** AWS::SecretsManager::Secret. */
export const secretsManagerSecret: ResourceHandler = {
  properties: ['Name', 'Description', 'KmsKeyId', 'SecretString', 'GenerateSecretString', 'Tags'],
  refused: ['ReplicaRegions', 'Type'],
  createOnly: ['Name'],
  nameProperty: 'Name',

  create: async (properties, context) => {
    const { ARN } = await context.call('secretsmanager', 'CreateSecret', {
      Name: properties.Name ?? `${context.logicalId}-${randomName(12)}`,
      ...pick(properties, ['Description', 'KmsKeyId', 'Tags']),
      ...(await secretValue(properties, context)),
    });
    return { physicalId: ARN, attributes: { Id: ARN } };
  },

  update: async (SecretId, properties, before, context) => {
    const { call } = context;
    const valueChanged = differ(properties, before, ['SecretString', 'GenerateSecretString']);
    if (valueChanged || differ(properties, before, ['Description', 'KmsKeyId'])) {
      await call('secretsmanager', 'UpdateSecret', {
        SecretId,
        Description: properties.Description ?? '',
        KmsKeyId: properties.KmsKeyId ?? '',
        ...(valueChanged && (await secretValue(properties, context))),
      });
    }
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length > 0) await call('secretsmanager', 'TagResource', { SecretId, Tags: tags.set });
    if (tags.removed.length > 0) await call('secretsmanager', 'UntagResource', { SecretId, TagKeys: tags.removed });
  },

  delete: (SecretId, _properties, { call }) =>
    call('secretsmanager', 'DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true }),
};

/** The value that the properties give, or have made; nothing for a secret without one. */
async function secretValue(
  { SecretString, GenerateSecretString: generate }: Properties,
  context: ResourceContext,
): Promise<object> {
  if (SecretString !== undefined && generate !== undefined) {
    throw new AwsError('InvalidRequest', 'You can specify SecretString or GenerateSecretString, not both.');
  }
  if (SecretString !== undefined) return { SecretString, ClientRequestToken: uuid() };
  if (generate === undefined) return {};
  return { SecretString: await generated(generate, context), ClientRequestToken: uuid() };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html */
async function generated(generate: Properties, { call }: ResourceContext): Promise<string> {
  const { SecretStringTemplate: template, GenerateStringKey: key, ...options } = generate;
  if ((template === undefined) !== (key === undefined)) {
    throw new AwsError('InvalidRequest', 'SecretStringTemplate and GenerateStringKey must be given together.');
  }
  const wanted = typed(options, ['PasswordLength'], FLAGS) as object;
  const { RandomPassword } = await call('secretsmanager', 'GetRandomPassword', wanted);
  if (template === undefined) return RandomPassword;
  try {
    return JSON.stringify({ ...(JSON.parse(template) as object), [key]: RandomPassword });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new AwsError('InvalidRequest', 'Could not parse SecretStringTemplate JSON.');
  }
}
