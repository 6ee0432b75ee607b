import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { deployAssembly } from '../../../localstack/deploy';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';
import { assetOf, type SmallStack, smallAssembly } from './small-assembly';

let cloud: SmallCloud;
const directories: string[] = [];
beforeEach(async () => {
  cloud = await smallCloud();
});
afterEach(async () => {
  await cloud.stop();
  for (const dir of directories.splice(0)) rmSync(dir, { recursive: true });
});

async function deploy(stacks: Record<string, SmallStack>, on: SmallCloud = cloud) {
  const assemblyDir = smallAssembly(stacks);
  directories.push(assemblyDir);
  const said: string[] = [];
  const { registry, root: call } = on;
  const deployed = await deployAssembly({ assemblyDir, registry, call, onProgress: (what) => said.push(what) });
  return { ...deployed, said };
}
const parameter = (name: string, value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: name, Value: value },
});
const eventCount = async (stack: string, on: SmallCloud = cloud): Promise<number> =>
  (await on.call('cloudformation', 'DescribeStackEvents', { StackName: stack })).StackEvents.length;

test('stacks are deployed behind those that they depend on, and their outputs come back', async () => {
  const { outputs, said } = await deploy({
    Second: {
      dependsOn: ['First'],
      resources: { P: parameter('/second', { 'Fn::ImportValue': 'first' }) },
      outputs: { Value: { Value: { 'Fn::GetAtt': ['P', 'Value'] } } },
    },
    First: {
      resources: { P: parameter('/first', 'one') },
      outputs: { Name: { Value: { Ref: 'P' }, Export: { Name: 'first' } } },
    },
  });
  expect(outputs).toEqual({ First: { Name: '/first' }, Second: { Value: '/first' } });
  expect(said).toEqual(['creating First', 'creating Second']);
  const { Stacks } = await cloud.call('cloudformation', 'DescribeStacks', { StackName: 'First' });
  expect(Stacks[0].Tags).toEqual([{ Key: 'stage', Value: 'test' }]);
});

test('a directory is published as a package, always the same bytes for the same files', async () => {
  const asset = { 'index.mjs': 'export {}', 'lib/a.txt': 'a' };
  const stack = { resources: { P: parameter('/p', '1') }, asset };
  const { S3Bucket: Bucket, S3Key: Key } = assetOf(asset);
  await deploy({ Stack: stack });
  const bytes = cloud.registry.peer('s3').read(Bucket, Key);
  expect(Object.keys(unzipSync(bytes)).sort()).toEqual(['index.mjs', 'lib/a.txt']);
  await cloud.call('s3', 'DeleteObject', { Bucket, Key });
  await deploy({ Stack: stack });
  expect(cloud.registry.peer('s3').read(Bucket, Key).equals(bytes)).toBe(true);
});

test('a stack that is up to date is left alone', async () => {
  const asset = { a: '1' };
  const stacks = { Stack: { resources: { P: parameter('/p', '1') }, asset } };
  const at = { Bucket: assetOf(asset).S3Bucket, Key: assetOf(asset).S3Key };
  await deploy(stacks);
  const before = await eventCount('Stack');
  const toolkit = await eventCount('CDKToolkit');
  const { VersionId } = await cloud.call('s3', 'HeadObject', at);
  await deploy(stacks);
  expect(await eventCount('Stack')).toBe(before);
  expect(await eventCount('CDKToolkit')).toBe(toolkit);
  expect(await cloud.call('s3', 'HeadObject', at)).toMatchObject({ VersionId });
});

test('a failure names the resource, its type and the reason; the next attempt starts afresh', async () => {
  const Machine = { Type: 'AWS::StepFunctions::StateMachine', Properties: {} };
  await expect(deploy({ Stack: { resources: { P: parameter('/p', '1'), Machine } } })).rejects.toMatchObject({
    name: 'DeploymentFailed',
    message: expect.stringMatching(
      /^Stack Stack could not be deployed \(ROLLBACK_COMPLETE\):\n {2}Machine \(AWS::StepFunctions::StateMachine\): AWS::StepFunctions::StateMachine is not implemented/,
    ),
  });
  await expect(deploy({ Stack: { resources: { P: parameter('/p', { Ref: 'Nobody' }) } } })).rejects.toThrow(
    /could not be deployed:\n {2}Template format error: Unresolved resource dependencies \[Nobody\]/,
  );
  await deploy({ Stack: { resources: { P: parameter('/p', '2') } } });
  const update = deploy({ Stack: { resources: { P: parameter('/p', '3'), Machine } } });
  await expect(update).rejects.toThrow(/\(UPDATE_ROLLBACK_COMPLETE\):\n {2}Machine/);
  expect((await cloud.call('ssm', 'GetParameter', { Name: '/p' })).Parameter.Value).toBe('2');
});

test('a deployment that the process did not live to finish is finished by the next one', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'deploy-'));
  directories.push(dir);
  const resources = { P: parameter('/p', '1'), Q: parameter('/q', { Ref: 'P' }) };
  const first = await smallCloud({ dir });
  await deploy({ Stack: { resources: { P: resources.P } } }, first);
  // As a crash in the middle of the update leaves it.
  const { StackResourceDetail } = await first.call('cloudformation', 'DescribeStackResource', {
    StackName: 'Stack',
    LogicalResourceId: 'P',
  });
  const { Stacks } = await first.call('cloudformation', 'DescribeStacks', { StackName: 'Stack' });
  const space = first.context.store.space('cfn-stacks');
  const stack = JSON.parse(space.get(Stacks[0].StackId)!);
  const { templateBody, parameters, tags, capabilities } = stack;
  const lastGood = { templateBody, parameters, tags, capabilities };
  space.put(Stacks[0].StackId, JSON.stringify({ ...stack, lastGood, status: 'UPDATE_IN_PROGRESS' }));
  await first.stop();

  const second = await smallCloud({ dir });
  await deploy({ Stack: { resources } }, second);
  const after = await second.call('cloudformation', 'DescribeStacks', { StackName: 'Stack' });
  expect(after.Stacks[0].StackStatus).toBe('UPDATE_COMPLETE');
  const detail = await second.call('cloudformation', 'DescribeStackResource', {
    StackName: 'Stack',
    LogicalResourceId: 'P',
  });
  expect(detail.StackResourceDetail.PhysicalResourceId).toBe(StackResourceDetail.PhysicalResourceId);
  await second.stop();
});

test('container images are refused', async () => {
  const assemblyDir = smallAssembly({ Stack: { resources: {} } });
  directories.push(assemblyDir);
  writeFileSync(join(assemblyDir, 'Stack.assets.json'), JSON.stringify({ dockerImages: { image: {} } }));
  await expect(deployAssembly({ assemblyDir, registry: cloud.registry, call: cloud.root })).rejects.toThrow(
    /no container registry/,
  );
});
