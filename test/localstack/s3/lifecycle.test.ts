import {
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';
import { bucketTools } from './world';

const DAY = 86_400_000;

let cloud: SmallCloud;
let s3: S3Client;
beforeAll(async () => {
  cloud = await smallCloud();
  s3 = new S3Client(cloud.client());
});
afterAll(() => cloud.stop());

const { newBucket, put } = bucketTools(() => s3);
const rule = (Bucket: string, ...rules: Omit<LifecycleRule, 'Status'>[]) =>
  s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: rules.map((one) => ({ Status: 'Enabled', Filter: { Prefix: '' }, ...one })) },
    }),
  );
const keys = async (Bucket: string) =>
  ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);
const versions = async (Bucket: string) => {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return [Versions.length, DeleteMarkers.length];
};

test('objects go at the midnight after their days, those that the rule is about', async () => {
  const Bucket = await newBucket('expiring');
  await put(Bucket, 'tmp/a', '1');
  await put(Bucket, 'tmp/kept', '1', { Tagging: 'keep=yes' });
  await put(Bucket, 'other', '1');
  await put(Bucket, 'tagged', '1', { Tagging: 'gone=soon' });
  await rule(
    Bucket,
    { Filter: { And: { Prefix: 'tmp/', ObjectSizeLessThan: 100 } }, Expiration: { Days: 2 } },
    { Filter: { Tag: { Key: 'gone', Value: 'soon' } }, Expiration: { Days: 1 } },
    { Filter: { Prefix: 'other' }, Transitions: [{ Days: 1, StorageClass: 'STANDARD_IA' }] },
  );
  // The clock stands at a midnight.
  await cloud.clock.advance(DAY);
  expect(await keys(Bucket)).toEqual(['other', 'tmp/a', 'tmp/kept']);
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'other' }))).StorageClass).toBe('STANDARD_IA');
  await cloud.clock.advance(DAY - 1);
  expect(await keys(Bucket)).toContain('tmp/a');
  await cloud.clock.advance(1);
  expect(await keys(Bucket)).toEqual(['other']);
});

test('versions gone by go, but for the newest of them, then the markers of what is gone', async () => {
  const Bucket = await newBucket('old-versions', true);
  for (const text of ['1', '2', '3']) await put(Bucket, 'k', text);
  await rule(Bucket, { NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 1 } });
  await cloud.clock.advance(2 * DAY);
  expect(await versions(Bucket)).toEqual([2, 0]);
  await rule(Bucket, {
    Expiration: { ExpiredObjectDeleteMarker: true },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  });
  await cloud.call('s3', 'DeleteObject', { Bucket, Key: 'k' });
  expect(await versions(Bucket)).toEqual([2, 1]);
  await cloud.clock.advance(3 * DAY);
  expect(await versions(Bucket)).toEqual([0, 0]);
});

test('uploads that nobody completes are given up', async () => {
  const Bucket = await newBucket('unfinished');
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }));
  await rule(Bucket, { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
  await cloud.clock.advance(2 * DAY);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
});

test('classes that take hours to read from are refused', async () => {
  const Bucket = await newBucket('glaciers');
  await expect(rule(Bucket, { Transitions: [{ Days: 1, StorageClass: 'DEEP_ARCHIVE' }] })).rejects.toThrow(
    /a transition to DEEP_ARCHIVE is not implemented/,
  );
  await expect(rule(Bucket, { ID: 'nothing' })).rejects.toMatchObject({ name: 'InvalidRequest' });
});
