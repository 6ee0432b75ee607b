import { readFileSync } from 'node:fs';
import { AwsError } from '../cloud/core/aws-error';
import type { Registry } from '../cloud/core/registry';
import type { Call } from '../cloud/core/service';
import type { FileAsset } from './manifest';
import { zipDirectory } from './zip-directory';

/** Puts assets where the templates look for them. A key is made of the content's hash: what is there is up to date. */
export async function publishAssets(assets: readonly FileAsset[], registry: Registry, call: Call): Promise<void> {
  for (const { path, packaging, bucket, key } of assets) {
    if (await exists(registry, bucket, key, call)) continue;
    const body = packaging === 'zip' ? zipDirectory(path) : readFileSync(path);
    await registry.call('s3', 'PutObject', { Bucket: bucket, Key: key, Body: body }, call);
  }
}

async function exists(registry: Registry, bucket: string, key: string, call: Call): Promise<boolean> {
  try {
    await registry.call('s3', 'HeadObject', { Bucket: bucket, Key: key }, call);
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchKey') return false;
    throw error;
  }
}
