import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployAssembly } from '../../../localstack/deploy';
import { localAssembly, projectRoot } from '../../support/local-assembly';
import { runCdk } from './cdk-command';

let cloud: Cloud;
let dir: string;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  dir = mkdtempSync(join(tmpdir(), 'cdk-cli-'));
  // The project's own, but that the app is built already, and that others read what was built.
  const { build: _, ...settings } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8'));
  const app = `cd "${projectRoot}" && ${settings.app}`;
  writeFileSync(join(dir, 'cdk.json'), JSON.stringify({ ...settings, app, output: join(dir, 'cdk.out') }));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

async function cdk(...args: string[]): Promise<string> {
  const { output, exitCode } = await runCdk({ endpoint: cloud.endpoint, dir }, ...args);
  if (exitCode !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${exitCode}:\n${output}`);
  return output;
}
/** Synthesises the app, unless `args` say where it is. */
async function cdkDeploy(
  ...args: string[]
): Promise<{ output: string; outputs: Record<string, Record<string, string>> }> {
  const output = await cdk('deploy', '--all', '--outputs-file', 'outputs.json', ...args);
  return { output, outputs: JSON.parse(readFileSync(join(dir, 'outputs.json'), 'utf8')) };
}
/** What `npm start` does with the synthesised app. */
const ownDeploy = () =>
  deployAssembly({ assemblyDir: localAssembly(), registry: cloud.registry, call: cloud.rootCall() });

const ask = (service: string, operation: string, input: object) =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const stacks = async (): Promise<string[]> =>
  (await ask('cloudformation', 'DescribeStacks', {})).Stacks.map((s: Record<string, string>) => s.StackName).sort();
/** What was done to the resources of both stacks, and when which bundle was published. */
async function traces(): Promise<{ events: number; bundles: string[] }> {
  let events = 0;
  for (const StackName of ['Orders-local-Data', 'Orders-local-Service']) {
    let NextToken: string | undefined;
    do {
      const page = await ask('cloudformation', 'DescribeStackEvents', { StackName, ...(NextToken && { NextToken }) });
      events += page.StackEvents.length;
      NextToken = page.NextToken;
    } while (NextToken);
  }
  const Bucket = 'cdk-hnb659fds-assets-000000000000-us-east-1';
  const { Contents } = await ask('s3', 'ListObjectsV2', { Bucket });
  const bundles = (Contents as { Key: string; LastModified: Date }[]).filter(({ Key }) => Key.endsWith('.zip'));
  return { events, bundles: bundles.map(({ Key, LastModified }) => `${Key} ${LastModified.toISOString()}`) };
}

test('what npm start has deployed, cdk deploy finds, and destroys; what cdk deploy has deployed, npm start finds', async () => {
  const own = await ownDeploy();
  const made = await traces();
  const found = await cdkDeploy('-c', 'stage=local');
  expect(found.output.match(/\(no changes\)/g)).toHaveLength(2);
  expect(found.outputs).toEqual(own.outputs);
  expect(found.outputs['Orders-local-Service']!.QueryUrl).toContain(`${cloud.endpoint}/_lambda-url/`);
  expect(await traces()).toEqual(made);

  await cdk('destroy', '--app', localAssembly(), '--all', '--force');
  expect(await stacks()).toEqual(['CDKToolkit']);
  expect((await ask('dynamodb', 'ListTables', {})).TableNames).toEqual([]);

  const fresh = await cdkDeploy('--app', localAssembly());
  const madeByCdk = await traces();
  expect((await ownDeploy()).outputs).toEqual(fresh.outputs);
  expect(await traces()).toEqual(madeByCdk);
}, 90_000);
