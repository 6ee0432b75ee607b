import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { type CdkRun, runCdk } from './cdk-command';
import { answerOf, oneFunction } from './one-function';
import { smallAssembly } from './small-assembly';

let cloud: Cloud;
let dir: string;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  dir = mkdtempSync(join(tmpdir(), 'cdklocal-'));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

async function cdklocal(env: Readonly<Record<string, string>>, ...args: string[]): Promise<CdkRun> {
  const run = await runCdk({ program: 'cdklocal', endpoint: cloud.endpoint, dir, env }, ...args);
  if (run.exitCode !== 0) throw new Error(`cdklocal ${args.join(' ')} ended with ${run.exitCode}:\n${run.output}`);
  return run;
}
const deployed = (env: Readonly<Record<string, string>>, answer: string) => {
  const assembly = smallAssembly({ App: oneFunction(answer) }, mkdtempSync(join(dir, 'assembly-')));
  return cdklocal(env, 'deploy', '--app', assembly, '--require-approval', 'never');
};

test('cdklocal bootstraps and deploys to the endpoint that it is told, buckets in the path', async () => {
  const env = { AWS_ENDPOINT_URL: cloud.endpoint, AWS_ENDPOINT_URL_S3: cloud.endpoint };
  const { output } = await cdklocal(env, 'bootstrap', 'aws://000000000000/us-east-1');
  expect(output).toContain('bootstrapped.');
  await deployed(env, 'one');
  expect(await answerOf(cloud.endpoint)).toBe('one');
}, 30_000);

test('cdklocal that is told nothing but the port deploys and destroys, buckets in the host name', async () => {
  // These names resolve to this machine in the public DNS, which is not to be had everywhere.
  writeFileSync(
    join(dir, 'resolve.cjs'),
    `const dns = require('node:dns');
    const { appendFileSync } = require('node:fs');
    const { lookup } = dns;
    dns.lookup = (name, ...rest) => {
      appendFileSync(${JSON.stringify(join(dir, 'names'))}, name + '\\n');
      return lookup(name.endsWith('localhost.localstack.cloud') ? '127.0.0.1' : name, ...rest);
    };`,
  );
  const env = { EDGE_PORT: String(cloud.port), NODE_OPTIONS: `--require=${join(dir, 'resolve.cjs')}` };
  await deployed(env, 'two');
  expect(await answerOf(cloud.endpoint)).toBe('two');
  expect(readFileSync(join(dir, 'names'), 'utf8').split('\n')).toEqual(
    expect.arrayContaining(['cdk-hnb659fds-assets-000000000000-us-east-1.s3.localhost.localstack.cloud']),
  );
  const assembly = smallAssembly({ App: oneFunction('two') }, mkdtempSync(join(dir, 'assembly-')));
  expect((await cdklocal(env, 'destroy', '--app', assembly, '--force')).output).toContain('App: destroyed');
}, 30_000);
