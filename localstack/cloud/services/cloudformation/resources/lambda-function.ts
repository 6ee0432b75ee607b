import { strToU8, zipSync } from 'fflate';
import { AwsError } from '../../../core/aws-error';
import { deploymentForNode } from '../custom/cdk-bucket-deployment';
import { notificationsForNode } from '../custom/cdk-bucket-notifications';
import { inlineFiles } from '../custom/cfn-response';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { differ, pick, typed } from './pick';
import { tagChanges, tagMap } from './tags';

/** Properties that `UpdateFunctionConfiguration` changes, with what a function has that does not set them. */
const CONFIGURATION: Readonly<Record<string, unknown>> = {
  Description: '',
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  Handler: undefined,
  KmsKeyArn: '',
  Layers: [],
  MemorySize: 128,
  Role: undefined,
  Runtime: undefined,
  Timeout: 3,
  TracingConfig: { Mode: 'PassThrough' },
  DeadLetterConfig: { TargetArn: '' },
  LoggingConfig: { LogFormat: 'Text' },
};

const NUMBERS = ['MemorySize', 'Timeout', 'Size'];

const WITHOUT_SNAP_START = { 'SnapStartResponse.ApplyOn': 'None', 'SnapStartResponse.OptimizationStatus': 'Off' };

/** AWS::Lambda::Function. */
export const lambdaFunction: ResourceHandler = {
  properties: [
    ...Object.keys(CONFIGURATION),
    'FunctionName',
    'Architectures',
    'Code',
    'PackageType',
    'ReservedConcurrentExecutions',
    'Tags',
  ],
  refused: [
    'CapacityProviderConfig',
    'CodeSigningConfigArn',
    'DurableConfig',
    'FileSystemConfigs',
    'FunctionScalingConfig',
    'ImageConfig',
    'PublishToLatestPublished',
    'RecursiveLoop',
    'RuntimeManagementConfig',
    'SnapStart',
    'TenancyConfig',
    'VpcConfig',
  ],
  required: ['Code', 'Role'],
  createOnly: ['FunctionName', 'PackageType'],
  nameProperty: 'FunctionName',

  create: async (given, context) => {
    const properties = forNode(given, context);
    const FunctionName = properties.FunctionName ?? context.newName(64);
    const { FunctionArn } = await context.call('lambda', 'CreateFunction', {
      FunctionName,
      ...pick(properties, ['Architectures', 'PackageType']),
      ...configuration(pick(properties, Object.keys(CONFIGURATION))),
      Code: code(properties),
      ...(properties.Tags && { Tags: tagMap(properties.Tags) }),
    });
    await finish(FunctionName, () => reserve(FunctionName, properties, {}, context));
    return { physicalId: FunctionName, attributes: { Arn: FunctionArn, ...WITHOUT_SNAP_START } };
  },

  update: async (FunctionName, given, givenBefore, context) => {
    const { call } = context;
    const [properties, before] = [forNode(given, context), forNode(givenBefore, context)];
    if (differ(properties, before, ['Code', 'Architectures'])) {
      await call('lambda', 'UpdateFunctionCode', {
        FunctionName,
        ...code(properties),
        ...pick(properties, ['Architectures']),
      });
    }
    const changed: Record<string, unknown> = {};
    for (const [name, fallback] of Object.entries(CONFIGURATION)) {
      if (differ(properties, before, [name])) changed[name] = properties[name] ?? fallback;
    }
    if (Object.keys(changed).length > 0) {
      await call('lambda', 'UpdateFunctionConfiguration', {
        FunctionName,
        ...configuration(changed),
      });
    }
    await reserve(FunctionName, properties, before, context);
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length + tags.removed.length > 0) {
      const { Configuration } = await call('lambda', 'GetFunction', { FunctionName });
      const Resource = Configuration.FunctionArn;
      if (tags.set.length > 0) await call('lambda', 'TagResource', { Resource, Tags: tagMap(tags.set) });
      if (tags.removed.length > 0) await call('lambda', 'UntagResource', { Resource, TagKeys: tags.removed });
    }
  },

  delete: (FunctionName, _properties, { call }) => call('lambda', 'DeleteFunction', { FunctionName }),
};

/** There is no Python: two functions that CDK puts into apps of every language are replaced by the same ones for Node. */
const forNode = (properties: Properties, { logicalId }: ResourceContext): Properties =>
  deploymentForNode(notificationsForNode(properties), logicalId);

/** Properties as the API wants them. */
function configuration({ KmsKeyArn, ...properties }: Properties): object {
  return {
    ...(typed(properties, NUMBERS, []) as object),
    ...environment(properties),
    ...(KmsKeyArn !== undefined && { KMSKeyArn: KmsKeyArn }),
  };
}

/** Environment variables are texts, whatever the template says. */
function environment({ Environment }: Properties): { Environment?: object } {
  if (!Environment) return {};
  const variables = Object.entries((Environment.Variables ?? {}) as Record<string, unknown>);
  return { Environment: { Variables: Object.fromEntries(variables.map(([name, value]) => [name, String(value)])) } };
}

function code({ Code, Runtime }: Properties): object {
  if (Code?.ZipFile === undefined) return Code;
  if (!String(Runtime).startsWith('nodejs')) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Inline code for ${Runtime} is not implemented by the local cloud`,
    );
  }
  // Inline source becomes `index.js` in a package of its own.
  const files = Object.entries(inlineFiles(String(Code.ZipFile)));
  const zip = zipSync(Object.fromEntries(files.map(([name, source]) => [name, strToU8(source)])), {
    mtime: new Date(1980, 0, 1),
  });
  return { ZipFile: Buffer.from(zip).toString('base64') };
}

async function reserve(
  FunctionName: string,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  const { ReservedConcurrentExecutions } = properties;
  if (ReservedConcurrentExecutions === before.ReservedConcurrentExecutions) return;
  if (ReservedConcurrentExecutions === undefined) {
    await call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  } else {
    await call('lambda', 'PutFunctionConcurrency', {
      FunctionName,
      ReservedConcurrentExecutions: Number(ReservedConcurrentExecutions),
    });
  }
}
