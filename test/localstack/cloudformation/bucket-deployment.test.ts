import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CfnOutput, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, type BucketDeploymentProps, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployApp, destroyStacks } from '../../support/small-app';

let cloud: Cloud;
let s3: S3Client;
const dir = mkdtempSync(join(tmpdir(), 'site-'));

beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint: cloud.endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
});

afterAll(async () => {
  s3.destroy();
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

/** A folder with these files. */
function site(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name, path)), { recursive: true });
    writeFileSync(join(dir, name, path), text);
  }
  return join(dir, name);
}

const deploy = async (
  name: string,
  props: (stack: Stack) => Omit<BucketDeploymentProps, 'destinationBucket'>,
): Promise<Record<string, string>> => {
  const outputs = await deployApp(cloud, (app) => {
    const stack = new Stack(app, name);
    const bucket = new Bucket(stack, 'Site', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });
    const made = new BucketDeployment(stack, 'Deploy', { destinationBucket: bucket, ...props(stack) });
    new CfnOutput(stack, 'Bucket', { value: made.deployedBucket.bucketName });
    new CfnOutput(stack, 'FirstKey', { value: Fn.select(0, made.objectKeys) });
  });
  return outputs[name]!;
};

const keys = async (bucket: string | undefined) =>
  ((await s3.send(new ListObjectsV2Command({ Bucket: bucket! }))).Contents ?? []).map(({ Key }) => Key);

const read = async (bucket: string | undefined, key: string) => {
  const object = await s3.send(new GetObjectCommand({ Bucket: bucket!, Key: key }));
  return { ...object, text: await object.Body!.transformToString() };
};

test('a bucket is filled with files and with values of the stack, and what is left out later goes', async () => {
  const first = site('first', { 'index.html': '<h1>Grüezi</h1>', 'img/a.svg': '<svg/>', 'old.txt': 'old' });
  const { Bucket: bucket, FirstKey } = await deploy('Site', (stack) => ({
    sources: [
      Source.asset(first),
      Source.jsonData('config.json', { queue: new Queue(stack, 'Q', { queueName: 'named' }).queueArn, on: true }),
    ],
    cacheControl: [CacheControl.maxAge(Duration.minutes(1)), CacheControl.setPublic()],
    metadata: { Owner: 'me' },
  }));
  expect(FirstKey).toMatch(/\.zip$/);
  expect(await keys(bucket)).toEqual(['config.json', 'img/a.svg', 'index.html', 'old.txt']);
  const page = await read(bucket, 'index.html');
  expect(page).toMatchObject({
    text: '<h1>Grüezi</h1>',
    ContentType: 'text/html',
    CacheControl: 'max-age=60, public',
    Metadata: { owner: 'me' },
  });
  expect(JSON.parse((await read(bucket, 'config.json')).text)).toEqual({
    queue: 'arn:aws:sqs:us-east-1:000000000000:named',
    on: true,
  });

  const second = site('second', { 'index.html': 'two' });
  await deploy('Site', () => ({ sources: [Source.asset(second)] }));
  expect(await keys(bucket)).toEqual(['index.html']);
  expect((await read(bucket, 'index.html')).text).toBe('two');
  await destroyStacks(cloud, 'Site');
});

test('under a prefix, by patterns, and unpacked or not', async () => {
  const files = site('filtered', { 'a.html': 'a', 'b.log': 'b', 'keep.log': 'k' });
  const filtered = await deploy('Filtered', () => ({
    sources: [Source.asset(files)],
    destinationKeyPrefix: 'v1/web',
    exclude: ['*.log'],
    include: ['keep.*'],
  }));
  expect(await keys(filtered.Bucket)).toEqual(['v1/web/a.html', 'v1/web/keep.log']);

  const packed = await deploy('Packed', () => ({ sources: [Source.asset(files)], extract: false }));
  expect(await keys(packed.Bucket)).toEqual([packed.FirstKey]);
  expect((await read(packed.Bucket, packed.FirstKey!)).ContentType).toBe('application/zip');
  await destroyStacks(cloud, 'Filtered', 'Packed');
});
