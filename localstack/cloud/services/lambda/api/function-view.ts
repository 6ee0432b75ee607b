import { codeSha256 } from '../code-store';
import type { FunctionConfig, FunctionRecord } from '../function-record';

/** A `FunctionConfiguration` of the API. `qualified`: with the version in the ARN. */
export function viewOf(record: FunctionRecord, config: FunctionConfig, qualified = false): Record<string, unknown> {
  return {
    FunctionName: record.name,
    FunctionArn: qualified ? `${record.arn}:${config.version}` : record.arn,
    Runtime: config.runtime,
    Role: config.role,
    Handler: config.handler,
    CodeSize: config.code.size,
    ...(config.layers && { Layers: config.layers.map(({ arn, code }) => ({ Arn: arn, CodeSize: code.size })) }),
    Description: config.description,
    Timeout: config.timeout,
    MemorySize: config.memorySize,
    LastModified: config.lastModified,
    CodeSha256: codeSha256(config.code),
    Version: config.version,
    ...(config.deadLetterArn ? { DeadLetterConfig: { TargetArn: config.deadLetterArn } } : {}),
    ...(config.environment ? { Environment: { Variables: config.environment } } : {}),
    ...(config.environmentKey && { KMSKeyArn: config.environmentKey.arn }),
    TracingConfig: { Mode: config.tracing ?? 'PassThrough' },
    RevisionId: config.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: config.architectures,
    EphemeralStorage: { Size: config.ephemeralStorage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: {
      RuntimeVersionArn: `arn:aws:lambda:${record.region}::runtime:local-${config.runtime}`,
    },
    LoggingConfig: config.logging,
  };
}
