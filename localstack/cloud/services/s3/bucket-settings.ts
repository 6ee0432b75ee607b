import { AwsError, notImplemented } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Operation } from '../../core/service';
import type { Buckets } from './bucket';
import { checkCors } from './cors';
import { checkLifecycle } from './lifecycle/rules';

/** A configuration that a bucket keeps: its query parameter, its name in the SDK, and what is answered without one. */
export type BucketSetting = {
  readonly parameter: string;
  /** `PutBucket…` and `GetBucket…` carry it under this member; it is the XML root too. */
  readonly member: string;
  /** Names of the operations; undefined where S3 has none. */
  readonly operations: { readonly put: string; readonly get: string; readonly delete?: string };
  readonly missing: { readonly code: string; readonly message: string } | { readonly default: object };
  readonly check?: (value: Record<string, unknown>) => void;
};

export const BUCKET_SETTINGS: readonly BucketSetting[] = [
  {
    parameter: 'encryption',
    member: 'ServerSideEncryptionConfiguration',
    operations: { put: 'PutBucketEncryption', get: 'GetBucketEncryption', delete: 'DeleteBucketEncryption' },
    missing: {
      default: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: 'false' }],
      },
    },
    check: (value) => {
      for (const rule of (value.Rules ?? []) as { ApplyServerSideEncryptionByDefault?: { SSEAlgorithm?: string } }[]) {
        const algorithm = rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
        if (algorithm !== undefined && !['AES256', 'aws:kms'].includes(algorithm)) {
          throw notImplemented(`PutBucketEncryption: SSEAlgorithm ${algorithm}`);
        }
      }
    },
  },
  {
    parameter: 'publicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    operations: { put: 'PutPublicAccessBlock', get: 'GetPublicAccessBlock', delete: 'DeletePublicAccessBlock' },
    missing: {
      code: 'NoSuchPublicAccessBlockConfiguration',
      message: 'The public access block configuration was not found',
    },
  },
  {
    parameter: 'lifecycle',
    member: 'LifecycleConfiguration',
    operations: {
      put: 'PutBucketLifecycleConfiguration',
      get: 'GetBucketLifecycleConfiguration',
      delete: 'DeleteBucketLifecycle',
    },
    missing: { code: 'NoSuchLifecycleConfiguration', message: 'The lifecycle configuration does not exist' },
    check: checkLifecycle,
  },
  {
    parameter: 'cors',
    member: 'CORSConfiguration',
    operations: { put: 'PutBucketCors', get: 'GetBucketCors', delete: 'DeleteBucketCors' },
    missing: { code: 'NoSuchCORSConfiguration', message: 'The CORS configuration does not exist' },
    check: checkCors,
  },
  {
    parameter: 'ownershipControls',
    member: 'OwnershipControls',
    operations: {
      put: 'PutBucketOwnershipControls',
      get: 'GetBucketOwnershipControls',
      delete: 'DeleteBucketOwnershipControls',
    },
    missing: { code: 'OwnershipControlsNotFoundError', message: 'The bucket ownership controls were not found' },
  },
  {
    parameter: 'tagging',
    member: 'Tagging',
    operations: { put: 'PutBucketTagging', get: 'GetBucketTagging', delete: 'DeleteBucketTagging' },
    missing: { code: 'NoSuchTagSet', message: 'The TagSet does not exist' },
  },
];

/** The operations that put, get and delete a bucket's configurations, its versioning and its policy. */
export function bucketSettingOperations(buckets: Buckets, registry: Registry): Record<string, Operation> {
  const operations: Record<string, Operation> = {
    PutBucketVersioning: (input) => {
      const bucket = buckets.get(input.Bucket);
      const { Status, MFADelete } = input.VersioningConfiguration ?? {};
      if (MFADelete === 'Enabled') throw notImplemented('PutBucketVersioning: MFADelete');
      if (Status !== 'Enabled' && Status !== 'Suspended') {
        throw new AwsError('IllegalVersioningConfigurationException', 'The Versioning element must be specified');
      }
      buckets.set({ ...bucket, versioning: Status });
    },

    GetBucketVersioning: (input) => {
      const { versioning } = buckets.get(input.Bucket);
      return versioning ? { Status: versioning } : {};
    },

    PutBucketPolicy: (input) => {
      const bucket = buckets.get(input.Bucket);
      checkPolicy(input.Policy, registry);
      buckets.set({ ...bucket, policy: input.Policy });
    },

    GetBucketPolicy: (input) => {
      const { policy, name } = buckets.get(input.Bucket);
      if (policy === undefined) {
        throw missing({ code: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist' }, name);
      }
      return { Policy: policy };
    },

    DeleteBucketPolicy: (input) => {
      const { policy: _, ...bucket } = buckets.get(input.Bucket);
      buckets.set(bucket);
    },
  };

  for (const setting of BUCKET_SETTINGS) {
    operations[setting.operations.put] = (input) => {
      const bucket = buckets.get(input.Bucket);
      const value = input[setting.member];
      if (value === undefined) throw new AwsError('MissingRequestBodyError', 'Request Body is empty');
      setting.check?.(value);
      buckets.set({ ...bucket, settings: { ...bucket.settings, [setting.parameter]: value } });
    };
    operations[setting.operations.get] = (input) => {
      const { settings, name } = buckets.get(input.Bucket);
      const value = settings[setting.parameter];
      if (value !== undefined) return { [setting.member]: value };
      if ('default' in setting.missing) return { [setting.member]: setting.missing.default };
      throw missing(setting.missing, name);
    };
    if (!setting.operations.delete) continue;
    operations[setting.operations.delete] = (input) => {
      const bucket = buckets.get(input.Bucket);
      const { [setting.parameter]: _, ...settings } = bucket.settings;
      buckets.set({ ...bucket, settings });
    };
  }
  return operations;
}

function checkPolicy(text: unknown, registry: Registry): void {
  try {
    JSON.parse(String(text));
  } catch {
    throw new AwsError('MalformedPolicy', 'This policy contains invalid Json');
  }
  try {
    registry.peer('iam').checkResourcePolicy(String(text));
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'MalformedPolicyDocument') throw error;
    throw new AwsError('MalformedPolicy', error.message);
  }
}

const missing = ({ code, message }: { code: string; message: string }, bucket: string) =>
  new AwsError(code, message, { status: 404, fields: { BucketName: bucket } });
