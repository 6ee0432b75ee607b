import type { Access, ConditionValues } from '../../core/service';
import { parseCopySource } from './copy-source';

/** Operations whose IAM action has another name. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const ACTIONS: Readonly<Record<string, string>> = {
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  HeadObject: 'GetObject',
  DeleteObjects: 'DeleteObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListParts: 'ListMultipartUploadParts',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketTagging: 'PutBucketTagging',
  GetBucketCors: 'GetBucketCORS',
  PutBucketCors: 'PutBucketCORS',
  DeleteBucketCors: 'PutBucketCORS',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
};

/** Actions that have a name of their own for a version that is named. */
const OF_VERSIONS = ['GetObject', 'DeleteObject', 'GetObjectTagging', 'PutObjectTagging', 'DeleteObjectTagging'];

/** What a caller must be allowed to do. */
export function accessOf(operation: string, input: Record<string, unknown>): Access[] {
  const bucket = input.Bucket === undefined ? '*' : `arn:aws:s3:::${input.Bucket}`;
  const name = ACTIONS[operation] ?? operation;
  if (operation === 'DeleteObjects') {
    const keys = ((input.Delete as { Objects?: { Key: string; VersionId?: string }[] })?.Objects ?? []).map(
      ({ Key, VersionId }) => ({
        action: VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
        resource: `${bucket}/${Key}`,
      }),
    );
    return keys;
  }
  if (operation === 'Preflight') return [];
  if (operation === 'CopyObject' || operation === 'UploadPartCopy') {
    const { bucket: from, key, versionId } = parseCopySource(String(input.CopySource));
    return [
      {
        action: versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
        resource: `arn:aws:s3:::${from}/${key}`,
      },
      { action: 's3:PutObject', resource: `${bucket}/${input.Key}` },
    ];
  }
  if (input.Key === undefined) return [{ action: `s3:${name}`, resource: bucket, context: listingKeys(input) }];
  const versioned = input.VersionId !== undefined && OF_VERSIONS.includes(name);
  return [
    {
      action: `s3:${versioned ? name.replace(/Object/, 'ObjectVersion') : name}`,
      resource: `${bucket}/${input.Key}`,
      ...(versioned && { context: { 's3:VersionId': String(input.VersionId) } }),
    },
  ];
}

/** What a listing is asked for: policies may allow one prefix only. */
function listingKeys({ Prefix, Delimiter, MaxKeys }: Record<string, unknown>): ConditionValues {
  return {
    ...(typeof Prefix === 'string' && { 's3:prefix': Prefix }),
    ...(typeof Delimiter === 'string' && { 's3:delimiter': Delimiter }),
    ...(MaxKeys !== undefined && { 's3:max-keys': String(MaxKeys) }),
  };
}
