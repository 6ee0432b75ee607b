import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, keyPolicy, roleArn } from '../kms/key-cloud';

let cloud: KeyCloud;
let KeyId: string;
const Bucket = 'guarded';
beforeAll(async () => {
  cloud = await KeyCloud.start();
  await cloud.role('reads', { Effect: 'Allow', Action: ['s3:*', 'kms:Decrypt'], Resource: '*' });
  await cloud.role('keyless', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
  KeyId = await cloud.key();
  await s3('CreateBucket', { Bucket });
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KeyId };
  await s3('PutBucketEncryption', {
    Bucket,
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] },
  });
});
afterAll(() => cloud.stop());

const s3 = (operation: string, input: object, as?: string) => cloud.call('s3', operation, input, as);
const put = (Key: string, more: object = {}, as?: string) => s3('PutObject', { Bucket, Key, Body: 'x', ...more }, as);
const head = (Key: string) => s3('HeadObject', { Bucket, Key });

test("objects say which key they have: the bucket's, AWS's own, or none", async () => {
  await put('default');
  expect(await head('default')).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyId });
  await put('plain', { ServerSideEncryption: 'AES256' });
  expect(await head('plain')).not.toHaveProperty('SSEKMSKeyId');
  await s3('CreateBucket', { Bucket: 'other' });
  await s3('CopyObject', {
    Bucket: 'other',
    Key: 'copy',
    CopySource: `${Bucket}/default`,
    ServerSideEncryption: 'aws:kms',
  });
  const own = (await cloud.kms('DescribeKey', { KeyId: 'alias/aws/s3' })).KeyMetadata.Arn;
  expect(await s3('HeadObject', { Bucket: 'other', Key: 'copy' })).toMatchObject({ SSEKMSKeyId: own });
});

test('who may not use the key, neither writes nor reads', async () => {
  await put('object');
  const Key = 'object';
  expect((await s3('GetObject', { Bucket, Key }, 'reads')).Body.toString()).toBe('x');
  await expect(s3('GetObject', { Bucket, Key }, 'keyless')).rejects.toMatchObject({
    code: 'AccessDenied',
    status: 403,
    message: expect.stringContaining(`is not authorized to perform: kms:Decrypt on resource: ${KeyId}`),
  });
  await expect(put('new', {}, 'reads')).rejects.toThrow('kms:GenerateDataKey');
  await expect(s3('CreateMultipartUpload', { Bucket, Key: 'parts' }, 'reads')).rejects.toMatchObject({
    code: 'AccessDenied',
  });
  await expect(s3('CopyObject', { Bucket, Key: 'copy', CopySource: `${Bucket}/object` }, 'keyless')).rejects.toThrow(
    'kms:Decrypt',
  );
  // Its description is not encrypted.
  await s3('HeadObject', { Bucket, Key }, 'keyless');
});

test('conditions see the service and the object, or the bucket where it has a key of its own', async () => {
  const allow = (arn: string) => ({
    Effect: 'Allow',
    Principal: { AWS: roleArn('keyless') },
    Action: 'kms:GenerateDataKey',
    Resource: '*',
    Condition: {
      StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com', 'kms:EncryptionContext:aws:s3:arn': arn },
      StringLike: { 'kms:CallerAccount': ACCOUNT },
    },
  });
  await cloud.kms('PutKeyPolicy', { KeyId, Policy: keyPolicy(allow('arn:aws:s3:::guarded/mine')) });
  await put('mine', {}, 'keyless');
  await expect(put('other', {}, 'keyless')).rejects.toMatchObject({ code: 'AccessDenied' });
  await cloud.kms('PutKeyPolicy', { KeyId, Policy: keyPolicy(allow('arn:aws:s3:::guarded')) });
  await put('other', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyId, BucketKeyEnabled: true }, 'keyless');
});

test('a key that is not there or disabled is named', async () => {
  const SSEKMSKeyId = await cloud.key();
  const encrypted = (key: string) => put('x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
  await encrypted(SSEKMSKeyId);
  await cloud.kms('DisableKey', { KeyId: SSEKMSKeyId });
  await expect(s3('GetObject', { Bucket, Key: 'x' })).rejects.toMatchObject({ code: 'KMS.DisabledException' });
  await expect(encrypted('alias/none')).rejects.toMatchObject({ code: 'KMS.NotFoundException' });
});
