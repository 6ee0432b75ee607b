import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from './small-cloud';

let cloud: SmallCloud;
beforeEach(async () => {
  cloud = await smallCloud();
});
afterEach(() => cloud.stop());

const StackName = 'stack';
const run = (operation: string, input: object = {}) => cloud.call('cloudformation', operation, { StackName, ...input });
const templateOf = (Resources: object) => ({ TemplateBody: JSON.stringify({ Resources }) });
const parameter = (name: string, value: string, more: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: name, Value: value },
  ...more,
});
/** Comes last, and has a name that is taken. */
const Fails = (taken: string, after: string) => parameter(taken, 'x', { DependsOn: after });
const status = async (): Promise<string> => (await run('DescribeStacks')).Stacks[0].StackStatus;
const parameters = async (): Promise<Record<string, string>> => {
  const { Parameters } = await cloud.call('ssm', 'GetParametersByPath', { Path: '/' });
  return Object.fromEntries(Parameters.map(({ Name, Value }: Record<string, string>) => [Name, Value]));
};

test('what a failed update has done is put back, over several failed updates, as it was when the stack was last well', async () => {
  await run('CreateStack', templateOf({ A: parameter('/a', '1') }));
  const paused = { DisableRollback: true };
  const B = parameter('/b', '1', { DependsOn: 'A' });
  await run('UpdateStack', { ...templateOf({ A: parameter('/a', '2'), B, C: Fails('/a', 'B') }), ...paused });
  await run('UpdateStack', { ...templateOf({ A: parameter('/a', '3'), B, C: Fails('/b', 'B') }), ...paused });
  expect(await status()).toBe('UPDATE_FAILED');
  expect(await parameters()).toEqual({ '/a': '3', '/b': '1' });

  await run('RollbackStack');
  expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await parameters()).toEqual({ '/a': '1' });
  expect(JSON.parse((await run('GetTemplate')).TemplateBody)).toEqual({ Resources: { A: parameter('/a', '1') } });
});

test('a stack that was never well is taken down, but for what is to be retained', async () => {
  const A = parameter('/a', '1', { DeletionPolicy: 'Retain' });
  const template = templateOf({ A, B: parameter('/b', '1'), C: Fails('/a', 'A') });
  await run('CreateStack', { ...template, DisableRollback: true });
  expect(await status()).toBe('CREATE_FAILED');
  await run('RollbackStack');
  expect(await status()).toBe('ROLLBACK_COMPLETE');
  expect(await parameters()).toEqual({ '/a': '1' });
});

test('RetainExceptOnCreate takes away what the failed deployment has made, and leaves what was there before', async () => {
  const A = parameter('/a', '1', { DeletionPolicy: 'Retain' });
  const B = parameter('/b', '1', { DeletionPolicy: 'Retain' });
  await run('CreateStack', templateOf({ A }));
  await run('UpdateStack', { ...templateOf({ A, B, C: Fails('/a', 'B') }), DisableRollback: true });
  await run('RollbackStack', { RetainExceptOnCreate: true });
  expect(await parameters()).toEqual({ '/a': '1' });
  await run('DeleteStack');
  expect(await parameters()).toEqual({ '/a': '1' });
});

test('a stack that is well, or is not there, is not rolled back', async () => {
  await expect(run('RollbackStack')).rejects.toMatchObject({ message: 'Stack [stack] does not exist' });
  await run('CreateStack', templateOf({ A: parameter('/a', '1') }));
  await expect(run('RollbackStack')).rejects.toMatchObject({
    code: 'ValidationError',
    message: expect.stringMatching(/is in CREATE_COMPLETE state and can not be rolled back/),
  });
});
