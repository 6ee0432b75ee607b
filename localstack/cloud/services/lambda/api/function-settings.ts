import { notImplemented, refuseUnknown } from '../../../core/aws-error';
import { validateDestination } from '../destinations';
import { reservedVariables } from '../execution/environment-variables';
import type { FunctionConfig, LoggingSettings } from '../function-record';
import { checkRange, constraint, invalidParameter } from './errors';

/** What both CreateFunction and UpdateFunctionConfiguration take. */
export const SETTINGS = [
  'Runtime',
  'Role',
  'Handler',
  'Description',
  'Timeout',
  'MemorySize',
  'Environment',
  'DeadLetterConfig',
  'TracingConfig',
  'EphemeralStorage',
  'SnapStart',
  'LoggingConfig',
  'VpcConfig',
  'Layers',
  'FileSystemConfigs',
  'KMSKeyArn',
] as const;

const RUNTIMES = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'];
const MAX_ENVIRONMENT_BYTES = 4096;

// biome-ignore lint/suspicious/noExplicitAny: this is what checks the input.
type Input = Record<string, any>;

/** What `settingsOf` knows of a function. */
export type Settings = Omit<
  FunctionConfig,
  'version' | 'code' | 'lastModified' | 'revisionId' | 'architectures' | 'environmentKey'
>;

/** Settings of a function, those that `input` does not name as they were `before`. */
export function settingsOf(at: string, input: Input, before: Settings): Settings {
  refuseFeatures(at, input);
  if (input.KMSKeyArn && !/^arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.+$/.test(input.KMSKeyArn)) {
    throw constraint(
      input.KMSKeyArn,
      'kMSKeyArn',
      'Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()',
    );
  }
  const runtime: string = input.Runtime ?? before.runtime;
  if (!RUNTIMES.includes(runtime)) throw notImplemented(`${at}: the runtime ${runtime}`);
  checkRange(input.Timeout, 'timeout', 1, 900);
  checkRange(input.MemorySize, 'memorySize', 128, 10_240);
  checkRange(input.EphemeralStorage?.Size, 'ephemeralStorage.size', 512, 10_240);
  const handler: string = input.Handler ?? before.handler;
  if (!/^\S{1,128}$/.test(handler)) {
    throw constraint(handler, 'handler', 'Member must satisfy regular expression pattern: [^\\s]+');
  }
  const role: string = input.Role ?? before.role;
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/?[\w+=,.@\-/]+$/.test(role)) {
    throw constraint(
      role,
      'role',
      'Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
    );
  }
  const deadLetterArn: string | undefined = input.DeadLetterConfig
    ? input.DeadLetterConfig.TargetArn || undefined
    : before.deadLetterArn;
  validateDestination(`${at}: DeadLetterConfig`, deadLetterArn, ['sqs', 'sns']);
  const tracing = input.TracingConfig ? tracingOf(input.TracingConfig) : before.tracing;
  return {
    runtime,
    handler,
    role,
    description: input.Description ?? before.description,
    timeout: input.Timeout ?? before.timeout,
    memorySize: input.MemorySize ?? before.memorySize,
    environment: input.Environment ? variablesOf(at, input.Environment) : before.environment,
    ephemeralStorage: input.EphemeralStorage?.Size ?? before.ephemeralStorage,
    logging: input.LoggingConfig ? loggingOf(at, input.LoggingConfig, before.logging) : before.logging,
    ...(tracing ? { tracing } : {}),
    ...(deadLetterArn ? { deadLetterArn } : {}),
  };
}

function tracingOf({ Mode = 'PassThrough' }: Input): 'Active' | undefined {
  if (Mode === 'Active') return Mode;
  if (Mode === 'PassThrough') return undefined;
  throw constraint(Mode, 'tracingConfig.mode', 'Member must satisfy enum value set: [Active, PassThrough]');
}

/** Settings that may be there only with the value that means "not used". */
function refuseFeatures(at: string, input: Input): void {
  if (input.SnapStart && input.SnapStart.ApplyOn !== 'None') throw notImplemented(`${at}: SnapStart`);
  if (input.FileSystemConfigs?.length > 0) throw notImplemented(`${at}: FileSystemConfigs`);
  const { SubnetIds = [], SecurityGroupIds = [] } = input.VpcConfig ?? {};
  if (SubnetIds.length > 0 || SecurityGroupIds.length > 0) throw notImplemented(`${at}: VpcConfig`);
}

function variablesOf(at: string, environment: Input): Record<string, string> | undefined {
  refuseUnknown(`${at}: Environment`, environment, ['Variables']);
  const variables: Record<string, unknown> = environment.Variables ?? {};
  const names = Object.keys(variables);
  for (const name of names) {
    if (!/^[a-zA-Z]\w+$/.test(name) && reservedVariables([name]).length === 0) {
      throw constraint(
        variables,
        'environment.variables',
        'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
      );
    }
  }
  const reserved = reservedVariables(names);
  if (reserved.length > 0) {
    throw invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables you have ' +
        'provided contains reserved keys that are currently not supported for modification. ' +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const texts = Object.fromEntries(names.map((name) => [name, String(variables[name])]));
  if (Buffer.byteLength(JSON.stringify(texts)) > MAX_ENVIRONMENT_BYTES) {
    throw invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables you have ' +
        `provided exceeded the 4KB limit. String measured: ${JSON.stringify(texts)}`,
    );
  }
  return names.length > 0 ? texts : undefined;
}

function loggingOf(at: string, input: Input, before: LoggingSettings): LoggingSettings {
  refuseUnknown(`${at}: LoggingConfig`, input, ['LogFormat', 'LogGroup', 'ApplicationLogLevel', 'SystemLogLevel']);
  const LogFormat = input.LogFormat ?? before.LogFormat;
  if (LogFormat !== 'Text' && LogFormat !== 'JSON') {
    throw constraint(LogFormat, 'loggingConfig.logFormat', 'Member must satisfy enum value set: [JSON, Text]');
  }
  if (LogFormat === 'Text' && (input.ApplicationLogLevel || input.SystemLogLevel)) {
    throw invalidParameter(
      'To use ApplicationLogLevel or SystemLogLevel, LogFormat must be set to JSON in the function logging configuration',
    );
  }
  return {
    LogFormat,
    LogGroup: input.LogGroup || before.LogGroup,
    ...(LogFormat === 'JSON'
      ? {
          ApplicationLogLevel: input.ApplicationLogLevel ?? before.ApplicationLogLevel ?? 'INFO',
          SystemLogLevel: input.SystemLogLevel ?? before.SystemLogLevel ?? 'INFO',
        }
      : {}),
  };
}
