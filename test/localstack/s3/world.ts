import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Short forms of what most tests of S3 do. */
export function bucketTools(s3: () => S3Client) {
  return {
    newBucket: async (Bucket: string, versioned = false): Promise<string> => {
      await s3().send(new CreateBucketCommand({ Bucket }));
      if (versioned) {
        await s3().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      }
      return Bucket;
    },
    put: (Bucket: string, Key: string, Body: string | Buffer, more: object = {}) =>
      s3().send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    read: async (Bucket: string, Key: string, more: object = {}): Promise<string> =>
      (await s3().send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString(),
  };
}
