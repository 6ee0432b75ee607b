import type { Access } from '../../core/service';

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
};

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
  if (operation === 'CopyObject') {
    const source = decodeURIComponent(String(input.CopySource)).replace(/^\//, '').split('?')[0];
    return [
      { action: 's3:GetObject', resource: `arn:aws:s3:::${source}` },
      { action: 's3:PutObject', resource: `${bucket}/${input.Key}` },
    ];
  }
  if (input.Key === undefined) {
    const prefix = input.Prefix;
    return [
      {
        action: `s3:${name}`,
        resource: bucket,
        ...(typeof prefix === 'string' && { context: { 's3:prefix': prefix } }),
      },
    ];
  }
  const versioned = input.VersionId !== undefined && ['GetObject', 'DeleteObject'].includes(name);
  return [{ action: `s3:${name}${versioned ? 'Version' : ''}`, resource: `${bucket}/${input.Key}` }];
}
