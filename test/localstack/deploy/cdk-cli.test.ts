import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployAssembly } from '../../../localstack/deploy';
import { localAssembly, projectRoot } from '../../support/local-assembly';

let cloud: Cloud;
let dir: string;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  dir = mkdtempSync(join(tmpdir(), 'cdk-cli-'));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

/** The plain `cdk` command, with nothing but the endpoint changed. */
async function cdk(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [join(projectRoot, 'node_modules/aws-cdk/bin/cdk'), '--no-notices', ...args],
    {
      cwd: dir,
      env: {
        PATH: process.env.PATH,
        HOME: dir,
        AWS_ENDPOINT_URL: cloud.endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'us-east-1',
        CDK_DISABLE_CLI_TELEMETRY: '1',
      },
    },
  );
  return stdout + stderr;
}
const stackStatuses = async (): Promise<Record<string, string>> => {
  const { Stacks } = await cloud.registry.call('cloudformation', 'DescribeStacks', {}, cloud.rootCall());
  return Object.fromEntries(Stacks.map((s: Record<string, string>) => [s.StackName, s.StackStatus]));
};

test('cdk bootstraps, deploys the app whole, finds nothing to do afterwards, and destroys it', async () => {
  expect(await cdk('bootstrap', 'aws://000000000000/us-east-1')).toContain('bootstrapped.');
  const app = ['--app', localAssembly()];
  await cdk('deploy', ...app, '--all', '--require-approval', 'never', '--outputs-file', 'outputs.json');
  expect(await stackStatuses()).toEqual({
    CDKToolkit: 'CREATE_COMPLETE',
    'Orders-local-Data': 'CREATE_COMPLETE',
    'Orders-local-Service': 'CREATE_COMPLETE',
  });
  const outputs = JSON.parse(readFileSync(join(dir, 'outputs.json'), 'utf8'));
  expect(outputs['Orders-local-Service'].QueryUrl).toContain(`${cloud.endpoint}/_lambda-url/`);

  // What `npm start` deploys in its own process is the same: it finds everything there.
  const { registry } = cloud;
  const own = await deployAssembly({ assemblyDir: localAssembly(), registry, call: cloud.rootCall() });
  expect(own.outputs).toEqual(outputs);
  expect((await stackStatuses())['Orders-local-Service']).toBe('CREATE_COMPLETE');

  await cdk('destroy', ...app, '--all', '--force');
  expect(await stackStatuses()).toEqual({ CDKToolkit: 'CREATE_COMPLETE' });
  const { TableNames } = await registry.call('dynamodb', 'ListTables', {}, cloud.rootCall());
  expect(TableNames).toEqual([]);
}, 90_000);
