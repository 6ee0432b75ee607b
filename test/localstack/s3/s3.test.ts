import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketWebsiteCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';

let cloud: SmallCloud;
let s3: S3Client;
beforeAll(async () => {
  cloud = await smallCloud();
  s3 = new S3Client(cloud.client());
});
afterAll(() => cloud.stop());

async function newBucket(Bucket: string, versioned = false): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (versioned) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  return Bucket;
}
const put = (Bucket: string, Key: string, Body: string | Buffer, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Bucket: string, Key: string, more: object = {}) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString();

describe('objects', () => {
  test('come back with what was said about them', async () => {
    const Bucket = await newBucket('described');
    const Key = 'a key/with spaces & ümläuts+plus.json';
    const { ETag } = await put(Bucket, Key, '{"a":1}', {
      ContentType: 'application/json',
      CacheControl: 'no-store',
      Metadata: { origin: 'test' },
      Tagging: 'stage=local&team=a%20b',
    });
    const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await object.Body!.transformToString()).toBe('{"a":1}');
    expect(object).toMatchObject({
      ETag,
      ContentType: 'application/json',
      CacheControl: 'no-store',
      ContentLength: 7,
      Metadata: { origin: 'test' },
      TagCount: 2,
      ServerSideEncryption: 'AES256',
      LastModified: new Date(cloud.clock.now()),
    });
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength).toBe(7);
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet).toContainEqual({
      Key: 'team',
      Value: 'a b',
    });
    expect(cloud.registry.peer('s3').read(Bucket, Key).toString()).toBe('{"a":1}');
  });

  test('can be read in part', async () => {
    const Bucket = await newBucket('ranges');
    await put(Bucket, 'k', '0123456789');
    expect(await read(Bucket, 'k', { Range: 'bytes=2-4' })).toBe('234');
    expect(await read(Bucket, 'k', { Range: 'bytes=7-' })).toBe('789');
    expect(await read(Bucket, 'k', { Range: 'bytes=-2' })).toBe('89');
    const part = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=2-4' }));
    expect(part.ContentRange).toBe('bytes 2-4/10');
    await expect(read(Bucket, 'k', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('are put and read on conditions', async () => {
    const Bucket = await newBucket('conditions');
    const { ETag } = await put(Bucket, 'k', '1', { IfNoneMatch: '*' });
    await expect(put(Bucket, 'k', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put(Bucket, 'k', '2', { IfMatch: ETag });
    await expect(put(Bucket, 'k', '3', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const now = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    await expect(read(Bucket, 'k', { IfNoneMatch: now.ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
  });

  test('are copied with or without what was said about them', async () => {
    const Bucket = await newBucket('copies');
    await put(Bucket, 'from/ü', 'x', { ContentType: 'text/plain' });
    const CopySource = encodeURI(`${Bucket}/from/ü`);
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'same' }))).ContentType).toBe('text/plain');
    await s3.send(
      new CopyObjectCommand({ Bucket, Key: 'new', CopySource, MetadataDirective: 'REPLACE', ContentType: 'text/html' }),
    );
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'new' }))).ContentType).toBe('text/html');
    expect(await read(Bucket, 'new')).toBe('x');
  });

  test('that are missing have the errors of S3', async () => {
    const Bucket = await newBucket('missing');
    await expect(read(Bucket, 'k')).rejects.toMatchObject({ name: 'NoSuchKey', Key: 'k' });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(read('no-such-bucket', 'k')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  });

  test('are uploaded in parts', async () => {
    const Bucket = await newBucket('parts');
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'big', ContentType: 'application/zip' }),
    );
    const five = Buffer.alloc(5 * 1024 * 1024, 'a');
    const bodies = [five, Buffer.from('end')];
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    const complete = (MultipartUpload: object) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'big', UploadId, MultipartUpload }));
    await expect(complete({ Parts: [...Parts].reverse() })).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    const { ETag } = await complete({ Parts });
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'big' }));
    expect(head).toMatchObject({ ContentLength: five.length + 3, ContentType: 'application/zip' });
    expect(await read(Bucket, 'big', { Range: `bytes=${five.length - 1}-` })).toBe('aend');
    await expect(complete({ Parts })).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
});

describe('listing', () => {
  test('goes page by page, with folders, in the order of the keys', async () => {
    const Bucket = await newBucket('listing');
    for (const key of ['a', 'dir/1', 'dir/2', 'dir/sub/3', 'dir-', 'z', 'é']) await put(Bucket, key, key);
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, Delimiter: '/', ContinuationToken }));
      keys.push(...[...(page.Contents ?? []).map((o) => o.Key!), ...(page.CommonPrefixes ?? []).map((p) => p.Prefix!)]);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(keys).toEqual(['a', 'dir-', 'z', 'dir/', 'é'].sort((a, b) => keys.indexOf(a) - keys.indexOf(b)));
    expect(keys).toHaveLength(5);
    const below = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'dir/', Delimiter: '/' }));
    expect(below.Contents!.map((o) => o.Key)).toEqual(['dir/1', 'dir/2']);
    expect(below.CommonPrefixes).toEqual([{ Prefix: 'dir/sub/' }]);
    const behind = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'dir/2' }));
    expect(behind.Contents!.map((o) => o.Key)).toEqual(['dir/sub/3', 'z', 'é']);
  });
});

describe('versions', () => {
  test('stay until they are deleted themselves', async () => {
    const Bucket = await newBucket('versions', true);
    const first = await put(Bucket, 'k', '1');
    await put(Bucket, 'k', '2');
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(marker.DeleteMarker).toBe(true);
    await expect(read(Bucket, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await read(Bucket, 'k', { VersionId: first.VersionId })).toBe('1');
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(listed.Versions!.map(({ IsLatest }) => IsLatest)).toEqual([false, false]);
    expect(listed.DeleteMarkers).toHaveLength(1);

    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId }));
    expect(await read(Bucket, 'k')).toBe('2');
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = Versions!.map(({ Key, VersionId }) => ({ Key: Key!, VersionId: VersionId! }));
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toHaveLength(2);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
});

describe('buckets', () => {
  test('are found again', async () => {
    const Bucket = await newBucket('found');
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets!.map(({ Name }) => Name)).toContain(Bucket);
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    await s3.send(new HeadBucketCommand({ Bucket }));
    await expect(newBucket('Not_A_Name')).rejects.toMatchObject({ name: 'InvalidBucketName' });
  });

  test('keep their configurations', async () => {
    const Bucket = await newBucket('settings');
    const encryption = () => s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const algorithm = async () =>
      (await encryption()).ServerSideEncryptionConfiguration!.Rules![0]!.ApplyServerSideEncryptionByDefault!
        .SSEAlgorithm;
    expect(await algorithm()).toBe('AES256');
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
      }),
    );
    expect(await algorithm()).toBe('aws:kms');
    await put(Bucket, 'k', '1');
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).ServerSideEncryption).toBe('aws:kms');

    const lifecycle = () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    await expect(lifecycle()).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
    const Rules = [
      {
        ID: 'old',
        Status: 'Enabled' as const,
        Filter: { Prefix: 'tmp/' },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
      {
        ID: 'parts',
        Status: 'Enabled' as const,
        Filter: { Prefix: '' },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ];
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    expect((await lifecycle()).Rules).toEqual(Rules);
  });

  test('obey an explicit deny of their policy', async () => {
    const Bucket = await newBucket('policed');
    await put(Bucket, 'k', '1');
    const deny = (Condition: object, Action = 's3:GetObject') =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action, Resource: `arn:aws:s3:::${Bucket}/*`, Condition }],
      });
    // The bootstrap bucket's own policy: plain HTTP counts as encrypted here.
    const Policy = deny({ Bool: { 'aws:SecureTransport': 'false' } });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    expect(await read(Bucket, 'k')).toBe('1');
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: deny({}) }));
    await expect(read(Bucket, 'k')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

test('what is not honoured is refused by name', async () => {
  const Bucket = await newBucket('refusals');
  await expect(s3.send(new GetBucketWebsiteCommand({ Bucket }))).rejects.toThrow(/\?website is not implemented/);
  await expect(put(Bucket, 'k', '1', { StorageClass: 'GLACIER' })).rejects.toThrow(/StorageClass GLACIER/);
  await expect(put(Bucket, 'k', '1', { WebsiteRedirectLocation: '/' })).rejects.toThrow(
    /x-amz-website-redirect-location/,
  );
});

test('objects survive a restart, and files that nothing refers to do not', async () => {
  const dir = mkdtempSync(join(tmpdir(), 's3-'));
  const first = await smallCloud({ dir });
  await first.call('s3', 'CreateBucket', { Bucket: 'lasting' });
  await first.call('s3', 'PutObject', { Bucket: 'lasting', Key: 'k', Body: Buffer.from('old') });
  await first.call('s3', 'PutObject', { Bucket: 'lasting', Key: 'k', Body: Buffer.from('new') });
  await first.stop();
  const second = await smallCloud({ dir });
  expect(second.registry.peer('s3').read('lasting', 'k').toString()).toBe('new');
  const files = readdirSync(join(dir, 's3'), { recursive: true }).filter((file) =>
    statSync(join(dir, 's3', String(file))).isFile(),
  );
  expect(files).toHaveLength(1);
  await second.stop();
  rmSync(dir, { recursive: true });
});
