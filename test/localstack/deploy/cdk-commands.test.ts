import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { type CdkRun, runCdk } from './cdk-command';
import { answerOf, oneFunction } from './one-function';
import { smallAssembly } from './small-assembly';

// Each test begins where the one before it has left the cloud, as commands follow each other at a keyboard: the CLI takes
// more than a second to start.
let cloud: Cloud;
let dir: string;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  dir = mkdtempSync(join(tmpdir(), 'cdk-commands-'));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});
jest.setTimeout(60_000);

/** A function, two parameters of which one has the stack's own parameter for value; a second stack that follows it. */
function app(options: { code?: string; value?: string; more?: object } = {}): string {
  const { code = 'one', value = '1', more = {} } = options;
  const { asset, resources } = oneFunction(code);
  const App = {
    ...(asset && { asset }),
    parameters: { Greeting: { Type: 'String', Default: 'hello' } },
    resources: {
      ...resources,
      Value: parameter('/value', value),
      Greeted: parameter('/greeting', { Ref: 'Greeting' }),
      ...more,
    },
    outputs: { Greeted: { Value: { 'Fn::GetAtt': ['Greeted', 'Value'] } } },
  };
  const Follower = { dependsOn: ['App'], resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } };
  return smallAssembly({ App, Follower }, mkdtempSync(join(dir, 'assembly-')));
}
const parameter = (Name: string, Value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name, Value },
});

const cdk = (...args: string[]): Promise<CdkRun> => runCdk({ endpoint: cloud.endpoint, dir }, ...args);
async function succeed(...args: string[]): Promise<CdkRun> {
  const run = await cdk(...args);
  if (run.exitCode !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${run.exitCode}:\n${run.output}`);
  return run;
}
const deploy = (assembly: string, ...args: string[]) =>
  cdk('deploy', '--app', assembly, '--require-approval', 'never', ...args);
const deployed = (assembly: string, ...args: string[]) =>
  succeed('deploy', '--app', assembly, '--require-approval', 'never', ...args);

const ask = (service: string, operation: string, input: object) =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const parameterValue = async (Name: string): Promise<string> =>
  (await ask('ssm', 'GetParameter', { Name })).Parameter.Value;
const statusOf = async (StackName: string): Promise<string> =>
  (await ask('cloudformation', 'DescribeStacks', { StackName })).Stacks[0].StackStatus;
/** How much has been done to resources of the stack so far. */
async function eventCount(): Promise<number> {
  const { StackEvents } = await ask('cloudformation', 'DescribeStackEvents', { StackName: 'App' });
  return StackEvents.filter(({ LogicalResourceId }: Record<string, string>) => LogicalResourceId !== 'App').length;
}
const answer = () => answerOf(cloud.endpoint);
/** The calls of CloudFormation that change a stack. That a change set of an earlier run is taken away changes none. */
const changing = ({ calls }: CdkRun): string[] =>
  Object.keys(calls).filter((name) => /^cloudformation:(Create|Update|Execute|DeleteStack|Rollback)/.test(name));

/**
 * The CLI sleeps five seconds before it asks again after a stack or a change set that is not ready; every two seconds it
 * reads the stack's events. Who is never told to wait reads the events once, at the end, and describes a change set once
 * each: gone (that of a run before), made, and shown.
 */
function expectNoPoll({ calls }: CdkRun, stacks: { readonly made?: number; readonly changed?: number }): void {
  const { made = 0, changed = 0 } = stacks;
  expect(calls['cloudformation:DescribeStackEvents']).toBe(made + changed);
  expect(calls['cloudformation:DescribeChangeSet'] ?? 0).toBe(2 * made + 3 * changed);
}

test('cdk bootstrap bootstraps once', async () => {
  const place = 'aws://000000000000/us-east-1';
  expect((await succeed('bootstrap', place)).output).toContain('bootstrapped.');
  const again = await succeed('bootstrap', place);
  expect(again.output).toContain('bootstrapped (no changes).');
  expect(changing(again)).toEqual([]);
});

test('cdk list asks nothing of the cloud', async () => {
  const { output, calls } = await succeed('list', '--app', app());
  expect(output.split('\n')).toEqual(expect.arrayContaining(['App', 'Follower']));
  expect(calls).toEqual({});
});

test('cdk deploy brings up all stacks, with parameters, and writes their outputs', async () => {
  const options = ['--all', '--concurrency', '2', '--parameters', 'App:Greeting=servus', '--outputs-file', 'out.json'];
  const run = await deployed(app(), ...options);
  expect(JSON.parse(readFileSync(join(dir, 'out.json'), 'utf8')).App).toEqual({ Greeted: 'servus' });
  expect(await statusOf('Follower')).toBe('CREATE_COMPLETE');
  expect(await answer()).toBe('one');
  expectNoPoll(run, { made: 2 });
});

test('cdk deploy of what is deployed changes nothing, and keeps the parameters', async () => {
  const events = await eventCount();
  const run = await deployed(app(), '--all');
  expect(run.output.match(/\(no changes\)/g)).toHaveLength(2);
  expect(changing(run)).toEqual([]);
  expect(await eventCount()).toBe(events);
  expect(await parameterValue('/greeting')).toBe('servus');
});

test('cdk diff shows what is to change, and that the rest is as it was', async () => {
  const { output } = await succeed('diff', '--app', app({ value: '2' }));
  expect(output).toMatch(/Stack App .*\n.*\n\[~\] AWS::SSM::Parameter Value.*\n.*Value\n.*\[-\] 1\n.*\[\+\] 2/);
  expect(output).toMatch(/Stack Follower .*\nThere were no differences/);
  expect(output).toContain('Number of stacks with differences: 1');
});

test('cdk deploy touches what has changed, and of the stacks only the one that is named', async () => {
  const events = await eventCount();
  const run = await deployed(app({ value: '2' }), 'Follower', '--exclusively');
  expect(await parameterValue('/value')).toBe('1');
  expect(run.output).toContain('Follower (no changes)');
  const changed = await deployed(app({ value: '2' }), 'App');
  expect(await parameterValue('/value')).toBe('2');
  // Of one resource, that it is begun, and done.
  expect(await eventCount()).toBe(events + 2);
  expectNoPoll(changed, { changed: 1 });
});

test('cdk deploy --method=direct does without a change set', async () => {
  const run = await deployed(app({ value: '3' }), 'App', '--method=direct');
  expect(changing(run)).toEqual(['cloudformation:UpdateStack']);
  expect(run.calls['cloudformation:DescribeStackEvents']).toBe(1);
  expect(await parameterValue('/value')).toBe('3');
});

test('cdk deploy --method=prepare-change-set only prepares, and what is prepared can be executed', async () => {
  const named = ['App', '--change-set-name', 'reviewed'];
  await deployed(app({ value: '4' }), ...named, '--method=prepare-change-set');
  expect(await parameterValue('/value')).toBe('3');
  await deployed(app({ value: '4' }), ...named, '--method=execute-change-set');
  expect(await parameterValue('/value')).toBe('4');
});

test('cdk deploy --hotswap swaps a function past CloudFormation', async () => {
  const events = await eventCount();
  const run = await deployed(app({ value: '4', code: 'two' }), 'App', '--hotswap');
  expect(run.output).toContain("AWS::Lambda::Function 'answer' hotswapped!");
  expect(await answer()).toBe('two');
  expect(changing(run)).toEqual([]);
  expect(await eventCount()).toBe(events);
  // Asked once whether the function is ready, it is: a second time would be a second later.
  expect(run.calls).toMatchObject({ 'lambda:UpdateFunctionCode': 1, 'lambda:GetFunction': 1 });
});

test('cdk deploy --hotswap-fallback deploys what cannot be swapped', async () => {
  const run = await deployed(app({ value: '5', code: 'two' }), 'App', '--hotswap-fallback');
  expect(changing(run)).toContain('cloudformation:ExecuteChangeSet');
  expect(await parameterValue('/value')).toBe('5');
});

test('cdk deploy that fails says which resource and why, exits with 1, and leaves all as it was', async () => {
  const more = { Twin: parameter('/value', 'again') };
  const run = await deploy(app({ value: '6', code: 'three', more }), 'App');
  expect(run.exitCode).toBe(1);
  expect(run.output).toMatch(/CREATE_FAILED +\| AWS::SSM::Parameter +\| Twin .*already exists/);
  expect(await statusOf('App')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([await parameterValue('/value'), await answer()]).toEqual(['5', 'two']);
});

test('cdk deploy --no-rollback leaves what it has done, and cdk rollback puts it back', async () => {
  const more = { Late: { ...parameter('/value', 'again'), DependsOn: ['Value', 'Greeted'] } };
  const assembly = app({ value: '6', code: 'two', more });
  expect((await deploy(assembly, 'App', '--no-rollback')).exitCode).toBe(1);
  expect([await statusOf('App'), await parameterValue('/value')]).toEqual(['UPDATE_FAILED', '6']);
  const rollback = await succeed('rollback', '--app', assembly, 'App');
  expect([await statusOf('App'), await parameterValue('/value')]).toEqual(['UPDATE_ROLLBACK_COMPLETE', '5']);
  expect(rollback.calls['cloudformation:DescribeStackEvents']).toBe(1);
});

test('cdk destroy leaves nothing but the toolkit', async () => {
  const { output, calls } = await succeed('destroy', '--app', app(), '--all', '--force');
  expect(output).toContain('App: destroyed');
  const { Stacks } = await ask('cloudformation', 'DescribeStacks', {});
  expect(Stacks).toEqual([expect.objectContaining({ StackName: 'CDKToolkit' })]);
  expect((await ask('lambda', 'ListFunctions', {})).Functions).toEqual([]);
  // Of each stack: that it is there, that it is gone.
  expect(calls['cloudformation:DescribeStacks']).toBe(4);
});

test('commands that need what the local cloud does not have say what', async () => {
  const { exitCode, output } = await cdk('drift', '--app', app(), 'App');
  expect(output).toContain('cloudformation:DetectStackDrift is not implemented by the local cloud');
  expect(exitCode).toBe(1);
});
