import type { Credentials } from '../../../core/peers';
import type { FunctionConfig, FunctionRecord } from '../function-record';

/** Names that Lambda sets by itself and lets nobody else set. */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

export const reservedVariables = (names: readonly string[]): string[] => names.filter((name) => RESERVED.has(name));

/** The whole environment of a function: what Lambda documents, and the function's own. Nothing of this machine's. */
export function environmentVariables(
  record: FunctionRecord,
  config: FunctionConfig,
  made: {
    readonly credentials: Credentials;
    readonly endpoint: string;
    readonly taskRoot: string;
    readonly logStream: string;
  },
): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    LAMBDA_TASK_ROOT: made.taskRoot,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    // The SDK in a bundle would warn about the Node version of this machine, which the function did not choose.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // The cloud, for every SDK and CLI; a function may still name another endpoint for itself.
    AWS_ENDPOINT_URL: made.endpoint,
    ...config.environment,
    _HANDLER: config.handler,
    AWS_REGION: record.region,
    AWS_DEFAULT_REGION: record.region,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memorySize),
    AWS_LAMBDA_FUNCTION_VERSION: config.version,
    AWS_LAMBDA_LOG_GROUP_NAME: config.logging.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: made.logStream,
    ...(config.logging.LogFormat === 'JSON'
      ? { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: config.logging.ApplicationLogLevel ?? 'INFO' }
      : { AWS_LAMBDA_LOG_FORMAT: 'Text' }),
    AWS_ACCESS_KEY_ID: made.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: made.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: made.credentials.sessionToken,
  };
}
