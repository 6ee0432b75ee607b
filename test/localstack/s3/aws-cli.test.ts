import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aws, awsText, describeWithAwsCli } from '../../support/aws-cli';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';

let cloud: SmallCloud;
let dir: string;
beforeAll(async () => {
  cloud = await smallCloud();
  dir = mkdtempSync(join(tmpdir(), 's3-cli-'));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

const s3 = (...args: string[]) => awsText(cloud.endpoint, 's3', ...args);

describeWithAwsCli('aws s3', () => {
  test('copies a large file up in parts and down again, and signs URLs', async () => {
    const bytes = randomBytes(10 * 1024 * 1024);
    const [up, down] = [join(dir, 'up.bin'), join(dir, 'down.bin')];
    writeFileSync(up, bytes);
    await s3('mb', 's3://files');
    await s3('cp', '--only-show-errors', up, 's3://files/big file.bin');
    await s3('cp', '--only-show-errors', 's3://files/big file.bin', down);
    expect(createHash('md5').update(readFileSync(down)).digest('hex')).toBe(
      createHash('md5').update(bytes).digest('hex'),
    );
    const head = await aws(cloud.endpoint, 's3api', 'head-object', '--bucket', 'files', '--key', 'big file.bin');
    expect(head.ETag).toMatch(/-2"$/);
    const url = (await s3('presign', 's3://files/big file.bin', '--expires-in', '60')).trim();
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('makes a bucket like a folder, and empties it', async () => {
    const folder = join(dir, 'site');
    mkdirSync(join(folder, 'deep'), { recursive: true });
    for (const name of ['a.html', 'b.txt', 'deep/c.txt']) writeFileSync(join(folder, name), name);
    await s3('mb', 's3://site');
    const first = await s3('sync', '--no-progress', folder, 's3://site');
    expect(first.match(/^upload:/gm)).toHaveLength(3);
    expect(await s3('sync', '--no-progress', '--size-only', folder, 's3://site')).toBe('');
    rmSync(join(folder, 'b.txt'));
    expect(await s3('sync', '--no-progress', '--size-only', '--delete', folder, 's3://site')).toContain(
      'delete: s3://site/b.txt',
    );
    expect(await s3('ls', 's3://site/')).toMatch(/PRE deep\/\n.* 6 a\.html\n/s);
    await s3('rb', '--force', 's3://site');
    expect(await s3('ls')).not.toContain('site');
  });
});
