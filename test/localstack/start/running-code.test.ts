import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployApp } from '../../../localstack/start/deploy-app';
import { runCode } from '../../../localstack/start/function-code';
import { type Package, packageOf } from '../../../localstack/start/watch/bundles';
import { SmallProject } from './small-project';

let cloud: Cloud;
let project: SmallProject;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
});
afterAll(() => cloud.stop());
beforeEach(() => {
  project = new SmallProject();
});
afterEach(() => project.remove());

const operator = () => ({ registry: cloud.registry, call: cloud.rootCall });
const call = (service: string, operation: string, input: object) =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const deploy = () => {
  const said: string[] = [];
  const options = { root: project.root, stage: 'local', cloud, outputsDir: join(project.root, 'state') };
  return deployApp({ ...options, onWork: (what) => said.push(what) }).then((app) => ({ ...app, said }));
};
const greeting = async () => {
  const { FunctionArn } = await call('lambda', 'GetFunctionConfiguration', { FunctionName: 'small-greet' });
  return JSON.parse((await cloud.registry.peer('lambda').invoke(FunctionArn, '{}')).payload);
};
const swap = (greets: string) => {
  const code = packageOf({ 'index.mjs': Buffer.from(`export const handler = async () => '${greets}';`) });
  return runCode('small-greet', code, operator());
};

describe('the code that runs after a swap', () => {
  test('is that of the sources after the next deployment, although the template has not changed', async () => {
    const { functions } = await deploy();
    expect(functions).toMatchObject([{ name: 'small-greet', bundle: 'greet' }]);
    expect(await greeting()).toBe('hello');
    expect(await swap('swapped')).toBe(true);
    expect(await swap('swapped')).toBe(false);
    expect(await greeting()).toBe('swapped');

    const { said } = await deploy();
    expect(said.at(-1)).toBe('back to the code of the sources: small-greet');
    expect(await greeting()).toBe('hello');
    expect((await deploy()).said.filter((what) => what.startsWith('back'))).toEqual([]);
  });

  test('stays when the sources say the same', async () => {
    await deploy();
    project.greet('good night');
    const bundle = packageOf({
      'index.mjs': Buffer.from('export const handler = async () => "good night";\n'),
    });
    await runCode('small-greet', bundle, operator());
    expect(await greeting()).toBe('good night');
    const { said } = await deploy();
    expect(await greeting()).toBe('good night');
    expect(said.filter((what) => what.startsWith('back'))).toEqual([]);
    // CloudFormation knows of it, so going back is a change like any other.
    project.greet('hello');
    await deploy();
    expect(await greeting()).toBe('hello');
  });
});

describe('a swap under load', () => {
  /** What the function has reported: which code ran for which event. */
  let reports: { id: string; version: string }[];
  /** Answers that are held back until the test lets them go, by event. */
  let held: Map<string, ServerResponse>;
  let hold: (id: string) => boolean;
  let arrived: () => void;
  const world = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, 'http://world');
    const [id, version] = [searchParams.get('id')!, searchParams.get('version')!];
    reports.push({ id, version });
    if (hold(id)) held.set(id, response);
    else response.end();
    arrived();
  });
  beforeAll(() => new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => world.close(resolve)));
  beforeEach(async () => {
    reports = [];
    held = new Map();
    hold = () => false;
    arrived = () => {};
  });

  /** Reports the event to the world, waits for the answer, and says which code it is. */
  const reporter = (version: string): Package => {
    const url = `http://127.0.0.1:${(world.address() as AddressInfo).port}`;
    return packageOf({
      'index.mjs': Buffer.from(
        `export const handler = async (event) => {
          await fetch('${url}/?version=${version}&id=' + (event.detail ?? event).id);
          return '${version}';
        };`,
      ),
    });
  };
  async function makeFunction(name: string): Promise<string> {
    const { Role } = await call('iam', 'CreateRole', {
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    });
    const { FunctionArn } = await call('lambda', 'CreateFunction', {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: Role.Arn,
      Code: { ZipFile: reporter('v0').zip },
    });
    return FunctionArn;
  }
  const invoke = (arn: string, id: string) =>
    cloud.registry
      .peer('lambda')
      .invoke(arn, JSON.stringify({ id }))
      .then(({ payload }) => JSON.parse(payload));

  test('leaves what is under way on the code that it began with, and gives the next its new code', async () => {
    const arn = await makeFunction('gated');
    hold = (id) => id.startsWith('slow');
    const slow = [invoke(arn, 'slow-1'), invoke(arn, 'slow-2')];
    await new Promise<void>((resolve) => {
      arrived = () => {
        if (held.size === 2) resolve();
      };
    });
    await runCode('gated', reporter('v1'), operator());
    expect(await invoke(arn, 'quick')).toBe('v1');
    for (const answer of held.values()) answer.end();
    expect(await Promise.all(slow)).toEqual(['v0', 'v0']);
    expect(await invoke(arn, 'quick-again')).toBe('v1');
    expect(reports.map(({ id }) => id).sort()).toEqual(['quick', 'quick-again', 'slow-1', 'slow-2']);
  });

  test('drops no event and runs none twice', async () => {
    const arn = await makeFunction('counted');
    await call('events', 'PutRule', { Name: 'counted', EventPattern: '{"source":["test"]}' });
    await call('events', 'PutTargets', { Rule: 'counted', Targets: [{ Id: 'f', Arn: arn }] });
    await call('lambda', 'AddPermission', {
      FunctionName: 'counted',
      StatementId: 'rule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    });
    const ids: string[] = [];
    const put = async (count: number) => {
      const Entries = Array.from({ length: count }, () => {
        const id = `e-${ids.length}`;
        ids.push(id);
        return { Source: 'test', DetailType: 'Happened', Detail: JSON.stringify({ id }) };
      });
      const { FailedEntryCount } = await call('events', 'PutEvents', { Entries });
      expect(FailedEntryCount).toBe(0);
    };
    for (let version = 1; version <= 8; version++) {
      const before = reports.length;
      await put(10);
      // In the midst of the deliveries: as soon as one more of them has come through.
      await new Promise<void>((resolve) => {
        arrived = () => {
          if (reports.length > before) resolve();
        };
      });
      await runCode('counted', reporter(`v${version}`), operator());
    }
    await cloud.idle();
    const after = reports.length;
    await put(5);
    await cloud.idle();
    expect(reports.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(reports.slice(after).map(({ version }) => version)).toEqual(Array(5).fill('v8'));
    expect(new Set(reports.map(({ version }) => version)).size).toBeGreaterThan(3);
  });
});
