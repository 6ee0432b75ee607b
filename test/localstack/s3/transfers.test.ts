import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';
import { bucketTools } from './world';

let cloud: SmallCloud;
let s3: S3Client;
beforeAll(async () => {
  cloud = await smallCloud();
  s3 = new S3Client(cloud.client());
});
afterAll(() => cloud.stop());

const { newBucket, put, read } = bucketTools(() => s3);
const head = (Bucket: string, Key: string, more: object = {}) =>
  s3.send(new HeadObjectCommand({ Bucket, Key, ...more }));

/** A PUT as a client without an SDK sends it. */
function rawPut(path: string, body: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${cloud.endpoint}${path}`, {
    method: 'PUT',
    body,
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
      ...headers,
    },
  });
}

describe('checksums', () => {
  test.each([
    ['CRC32', 'y/Q5Jg=='],
    ['CRC32C', '4waSgw=='],
    ['CRC64NVME', 'rosUhgp5mIg='],
    ['SHA1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
    ['SHA256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
  ] as const)('%s is compared, kept and told', async (ChecksumAlgorithm, value) => {
    const Bucket = await newBucket(`sum-${ChecksumAlgorithm.toLowerCase()}`);
    const member = `Checksum${ChecksumAlgorithm}`;
    await put(Bucket, 'k', '123456789', { [member]: value });
    expect(await head(Bucket, 'k', { ChecksumMode: 'ENABLED' })).toMatchObject({
      [member]: value,
      ChecksumType: 'FULL_OBJECT',
    });
    expect(await head(Bucket, 'k')).not.toHaveProperty(member);
    await expect(put(Bucket, 'k', 'other bytes', { [member]: value })).rejects.toMatchObject({ name: 'BadDigest' });
  });

  test('in the trailer of a stream are compared too', async () => {
    const Bucket = await newBucket('trailers');
    const trailing = async (sum: string) =>
      rawPut(`/${Bucket}/k`, `9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:${sum}\r\n\r\n`, {
        'content-encoding': 'aws-chunked',
        'x-amz-decoded-content-length': '9',
        'x-amz-trailer': 'x-amz-checksum-crc32',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      });
    expect((await trailing('y/Q5Jg==')).status).toBe(200);
    const refused = await trailing('AAAAAA==');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('<Code>BadDigest</Code>');
    expect(await head(Bucket, 'k', { ChecksumMode: 'ENABLED' })).toMatchObject({ ChecksumCRC32: 'y/Q5Jg==' });
  });

  test('of the older kinds are compared', async () => {
    const Bucket = await newBucket('digests');
    const code = async (headers: Record<string, string>) =>
      /<Code>(.*?)<\/Code>/.exec(await (await rawPut(`/${Bucket}/k`, 'abc', headers)).text())?.[1];
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(await code({ 'content-md5': createHash('md5').update('abc').digest('base64') })).toBeUndefined();
    expect(await code({ 'content-md5': createHash('md5').update('xyz').digest('base64') })).toBe('BadDigest');
    expect(await code({ 'content-md5': 'no' })).toBe('InvalidDigest');
    expect(await code({ 'x-amz-content-sha256': sha256('abc') })).toBeUndefined();
    expect(await code({ 'x-amz-content-sha256': sha256('xyz') })).toBe('XAmzContentSHA256Mismatch');
    expect(await code({ 'x-amz-checksum-crc32': 'AAA=' })).toBe('InvalidRequest');
  });
});

describe('uploads in parts', () => {
  const five = Buffer.alloc(5 * 1024 * 1024, 'a');

  test('can be made of other objects, and be read part by part', async () => {
    const Bucket = await newBucket('part-copies');
    await put(Bucket, 'source', five);
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'k', ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }),
    );
    const place = { Bucket, Key: 'k', UploadId };
    const CopySource = `${Bucket}/source`;
    const copied = await s3.send(new UploadPartCopyCommand({ ...place, PartNumber: 1, CopySource }));
    const ranged = { PartNumber: 2, CopySource, CopySourceRange: 'bytes=0-2' };
    await expect(
      s3.send(new UploadPartCopyCommand({ ...place, ...ranged, CopySourceRange: `bytes=0-${five.length}` })),
    ).rejects.toMatchObject({ name: 'InvalidArgument' });
    const part = await s3.send(new UploadPartCopyCommand({ ...place, ...ranged }));
    const { Parts } = await s3.send(new ListPartsCommand(place));
    expect(Parts!.map(({ Size }) => Size)).toEqual([five.length, 3]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toHaveLength(1);

    const whole = await s3.send(
      new CompleteMultipartUploadCommand({
        ...place,
        MultipartUpload: {
          Parts: [
            { PartNumber: 1, ETag: copied.CopyPartResult!.ETag },
            { PartNumber: 2, ETag: part.CopyPartResult!.ETag },
          ],
        },
      }),
    );
    expect(whole.ChecksumType).toBe('FULL_OBJECT');
    const second = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', PartNumber: 2 }));
    expect(await second.Body!.transformToString()).toBe('aaa');
    expect(second).toMatchObject({
      PartsCount: 2,
      ContentRange: `bytes ${five.length}-${five.length + 2}/${five.length + 3}`,
    });
    // A HEAD has no body with the error's name.
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k', PartNumber: 3 }))).rejects.toMatchObject({
      name: 'InvalidPartNumber',
    });
  });

  test('have a checksum of checksums, and no small or foreign parts', async () => {
    const Bucket = await newBucket('composite');
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'k', ChecksumAlgorithm: 'SHA256' }),
    );
    const place = { Bucket, Key: 'k', UploadId };
    const upload = (PartNumber: number, Body: string) =>
      s3.send(new UploadPartCommand({ ...place, PartNumber, Body, ChecksumAlgorithm: 'SHA256' }));
    const [first, second] = [await upload(1, 'too small'), await upload(2, 'end')];
    const complete = (Parts: { PartNumber: number; ETag?: string | undefined }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } }));
    await expect(
      complete([
        { PartNumber: 1, ETag: first.ETag },
        { PartNumber: 2, ETag: second.ETag },
      ]),
    ).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete([{ PartNumber: 1, ETag: second.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    const whole = await complete([{ PartNumber: 2, ETag: second.ETag }]);
    const inner = createHash('sha256').update('end').digest();
    expect(whole.ChecksumSHA256).toBe(`${createHash('sha256').update(inner).digest('base64')}-1`);
    expect(whole.Location).toBe(`${cloud.endpoint}/${Bucket}/k`);
  });
});

describe('copies', () => {
  test('are made on conditions on their source', async () => {
    const Bucket = await newBucket('copy-conditions');
    const { ETag } = await put(Bucket, 'a', '1');
    const copy = (more: object, Key = 'b') =>
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/a`, ...more }));
    await copy({ CopySourceIfMatch: ETag });
    await expect(copy({ CopySourceIfNoneMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const later = new Date(cloud.clock.now() + 60_000);
    await expect(copy({ CopySourceIfModifiedSince: later })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(copy({}, 'a')).rejects.toMatchObject({ name: 'InvalidRequest' });
    await copy({ StorageClass: 'STANDARD_IA' }, 'a');
    expect((await head(Bucket, 'a')).StorageClass).toBe('STANDARD_IA');
  });
});

describe('reading', () => {
  test('can ask to be told another type and name', async () => {
    const Bucket = await newBucket('response-headers');
    await put(Bucket, 'k', 'x', { ContentType: 'text/plain' });
    const object = await s3.send(
      new GetObjectCommand({
        Bucket,
        Key: 'k',
        ResponseContentType: 'application/pdf',
        ResponseContentDisposition: 'attachment; filename="bill.pdf"',
      }),
    );
    expect(object).toMatchObject({
      ContentType: 'application/pdf',
      ContentDisposition: 'attachment; filename="bill.pdf"',
    });
  });

  test('a bucket of another account than expected is refused', async () => {
    const Bucket = await newBucket('owned');
    await put(Bucket, 'k', 'x', { ExpectedBucketOwner: '000000000000' });
    await expect(read(Bucket, 'k', { ExpectedBucketOwner: '111111111111' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  test('versions come in pages that end where they are told to, with folders', async () => {
    const Bucket = await newBucket('version-pages', true);
    for (const key of ['a', 'a', 'a', 'b', 'dir/1', 'dir/2']) await put(Bucket, key, key);
    const all = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: '/' }));
    expect(all.CommonPrefixes).toEqual([{ Prefix: 'dir/' }]);
    const pages: string[][] = [];
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: '/', MaxKeys: 2, ...marker }));
      pages.push([
        ...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
      ]);
      if (!page.IsTruncated) break;
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toEqual([...all.Versions!.map(({ Key, VersionId }) => `${Key} ${VersionId}`), 'dir/']);
  });
});

test('what goes wrong is told in XML, with what it is about', async () => {
  const reply = await rawPut('/no-such-bucket/a%20key', 'x', {});
  expect(reply.status).toBe(404);
  const body = await reply.text();
  expect(body).toContain('<Code>NoSuchBucket</Code>');
  expect(body).toContain('<BucketName>no-such-bucket</BucketName><Resource>/no-such-bucket/a key</Resource>');
  expect(body).toMatch(/<RequestId>.+<\/RequestId><HostId>.+<\/HostId><\/Error>$/);
});
