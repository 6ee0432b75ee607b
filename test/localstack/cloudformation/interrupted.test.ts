import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from './small-cloud';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'interrupted-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const parameter = (Value: string, more: object = {}, attributes: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value, ...more },
  ...attributes,
});
const run = (cloud: SmallCloud, operation: string, Resources?: object) =>
  cloud.call('cloudformation', operation, {
    StackName: 'cut',
    ...(Resources && { TemplateBody: JSON.stringify({ Resources }) }),
  });
const status = async (cloud: SmallCloud): Promise<string> =>
  run(cloud, 'DescribeStacks').then(
    ({ Stacks }) => Stacks[0].StackStatus,
    ({ message }: Error) => message,
  );
/** Every value that there is, by the logical id or name that its parameter is called after. */
async function values(cloud: SmallCloud): Promise<string[]> {
  const { Parameters } = await cloud.call('ssm', 'DescribeParameters', {});
  const texts = Parameters.map(async ({ Name }: { Name: string }) => {
    const { Parameter } = await cloud.call('ssm', 'GetParameter', { Name });
    return `${Name.replace(/^CFN-(\w+)-.*$/, '$1')}=${Parameter.Value}`;
  });
  return (await Promise.all(texts)).sort();
}

/**
 * Runs `deployment` in a cloud that stops dead when its call number `calls` of the parameter store is on its way: before it
 * has any effect, or when it has. Returns a cloud that finds the state which that one leaves; undefined when there were not
 * so many calls.
 */
async function cut(
  prepare: (cloud: SmallCloud) => Promise<unknown>,
  deployment: (cloud: SmallCloud) => Promise<unknown>,
  { calls, late }: { calls: number; late: boolean },
): Promise<SmallCloud | undefined> {
  const from = mkdtempSync(join(dir, 'cloud-'));
  const cloud = await smallCloud({ dir: from });
  await prepare(cloud);
  const ssm = cloud.registry.service('ssm')!;
  let left = calls;
  let reached: () => void = () => {};
  const atCall = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const stopping = (operation: string) => async (input: object, call: Parameters<typeof cloud.registry.call>[3]) => {
    if (left < 0) return new Promise<undefined>(() => {});
    const strikes = left-- === 0;
    if (strikes && !late) {
      reached();
      return new Promise<undefined>(() => {});
    }
    const result = await ssm.operations[operation]!(input, call);
    if (strikes) setImmediate(reached);
    return result;
  };
  cloud.registry.add({
    ...ssm,
    operations: {
      ...ssm.operations,
      PutParameter: stopping('PutParameter'),
      DeleteParameter: stopping('DeleteParameter'),
    },
  });
  const done = deployment(cloud);
  const ended = await Promise.race([atCall.then(() => false), done.then(() => true)]);
  const copy = mkdtempSync(join(dir, 'state-'));
  mkdirSync(copy, { recursive: true });
  await cloud.context.store.copyTo(join(copy, 'store.mdb'));
  // The contents of objects, templates here, are files of their own.
  if (existsSync(join(from, 's3'))) cpSync(join(from, 's3'), join(copy, 's3'), { recursive: true });
  await cloud.stop();
  return ended ? undefined : smallCloud({ dir: copy });
}

const BEFORE = {
  Changed: parameter('1'),
  Replaced: parameter('1', { Name: '/from' }),
  Removed: parameter('1'),
  Reader: parameter('x', {}, { DependsOn: ['Changed', 'Replaced'] }),
};
const AFTER = {
  Changed: parameter('2'),
  Replaced: parameter('1', { Name: '/to' }),
  Reader: parameter('y', {}, { DependsOn: ['Changed', 'Replaced'] }),
  Added: parameter('2', {}, { DependsOn: 'Reader' }),
};
const GOOD = {
  before: ['/from=1', 'Changed=1', 'Reader=x', 'Removed=1'],
  after: ['/to=1', 'Added=2', 'Changed=2', 'Reader=y'],
};

/** All the moments at which something is on its way. */
async function everywhere(
  prepare: (cloud: SmallCloud) => Promise<unknown>,
  deployment: (cloud: SmallCloud) => Promise<unknown>,
  check: (cloud: SmallCloud) => Promise<void>,
): Promise<number> {
  let moments = 0;
  for (const late of [false, true]) {
    for (let calls = 0; ; calls++) {
      const cloud = await cut(prepare, deployment, { calls, late });
      if (!cloud) break;
      await check(cloud);
      await cloud.stop();
      moments++;
    }
  }
  return moments;
}

test('an update that ends with the process is rolled back or brought to its end, and the next one goes on', async () => {
  const moments = await everywhere(
    (cloud) => run(cloud, 'CreateStack', BEFORE),
    (cloud) => run(cloud, 'UpdateStack', AFTER),
    async (cloud) => {
      const ended = await status(cloud);
      expect(await values(cloud)).toEqual(ended === 'UPDATE_COMPLETE' ? GOOD.after : GOOD.before);
      if (ended !== 'UPDATE_COMPLETE') {
        expect(ended).toBe('UPDATE_ROLLBACK_COMPLETE');
        await run(cloud, 'UpdateStack', AFTER);
        expect([await status(cloud), await values(cloud)]).toEqual(['UPDATE_COMPLETE', GOOD.after]);
      }
      await run(cloud, 'DeleteStack');
      expect(await values(cloud)).toEqual([]);
    },
  );
  // Four parameters are written and two deleted.
  expect(moments).toBeGreaterThanOrEqual(11);
});

test('a creation that ends with the process leaves nothing', async () => {
  const moments = await everywhere(
    async () => {},
    (cloud) => run(cloud, 'CreateStack', BEFORE),
    async (cloud) => {
      const ended = await status(cloud);
      if (ended === 'CREATE_COMPLETE') return;
      expect([ended, await values(cloud)]).toEqual(['ROLLBACK_COMPLETE', []]);
      await run(cloud, 'DeleteStack');
      await run(cloud, 'CreateStack', BEFORE);
      expect([await status(cloud), await values(cloud)]).toEqual(['CREATE_COMPLETE', GOOD.before]);
    },
  );
  expect(moments).toBeGreaterThanOrEqual(7);
});

test('a deletion that ends with the process is brought to its end', async () => {
  const moments = await everywhere(
    (cloud) => run(cloud, 'CreateStack', BEFORE),
    (cloud) => run(cloud, 'DeleteStack'),
    async (cloud) => {
      expect([await status(cloud), await values(cloud)]).toEqual(['Stack with id cut does not exist', []]);
    },
  );
  expect(moments).toBeGreaterThanOrEqual(7);
});

describe('a stack within a stack', () => {
  const inner = (Value: string) => ({
    Resources: { One: parameter(Value), Two: parameter(Value, {}, { DependsOn: 'One' }) },
  });
  const outer = (version: string) => ({
    First: parameter(version),
    Inner: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: { TemplateURL: `https://s3.amazonaws.com/templates/${version}.json` },
      DependsOn: 'First',
    },
    Last: parameter(version, {}, { DependsOn: 'Inner' }),
  });
  const upload = async (cloud: SmallCloud) => {
    await cloud.call('s3', 'CreateBucket', { Bucket: 'templates' });
    for (const version of ['1', '2']) {
      const Body = JSON.stringify(inner(version));
      await cloud.call('s3', 'PutObject', { Bucket: 'templates', Key: `${version}.json`, Body });
    }
  };
  /** Of those that are there, with their statuses. */
  const stacks = async (cloud: SmallCloud): Promise<string[]> => {
    const { StackSummaries } = await cloud.call('cloudformation', 'ListStacks', {});
    return StackSummaries.filter(({ StackStatus }: { StackStatus: string }) => StackStatus !== 'DELETE_COMPLETE')
      .map(
        ({ StackName, StackStatus }: Record<string, string>) => `${StackName!.split('-')[1] ?? 'outer'} ${StackStatus}`,
      )
      .sort();
  };
  const all = (version: string) => ['First', 'Last', 'One', 'Two'].map((name) => `${name}=${version}`);

  test('is no orphan when both were being made', async () => {
    const moments = await everywhere(
      upload,
      (cloud) => run(cloud, 'CreateStack', outer('1')),
      async (cloud) => {
        if ((await status(cloud)) === 'CREATE_COMPLETE') return;
        expect([await stacks(cloud), await values(cloud)]).toEqual([['outer ROLLBACK_COMPLETE'], []]);
      },
    );
    expect(moments).toBeGreaterThanOrEqual(7);
  });

  test('goes back with the one that it belongs to', async () => {
    const moments = await everywhere(
      async (cloud) => {
        await upload(cloud);
        await run(cloud, 'CreateStack', outer('1'));
      },
      (cloud) => run(cloud, 'UpdateStack', outer('2')),
      async (cloud) => {
        const done = (await status(cloud)) === 'UPDATE_COMPLETE';
        expect(await values(cloud)).toEqual(all(done ? '2' : '1'));
        expect(await stacks(cloud)).toHaveLength(2);
        await run(cloud, 'UpdateStack', { ...outer('2'), Last: parameter('3') });
        expect(await status(cloud)).toBe('UPDATE_COMPLETE');
        await run(cloud, 'DeleteStack');
        expect([await stacks(cloud), await values(cloud)]).toEqual([[], []]);
      },
    );
    expect(moments).toBeGreaterThanOrEqual(7);
  });

  test('is gone with the one that was being deleted', async () => {
    const moments = await everywhere(
      async (cloud) => {
        await upload(cloud);
        await run(cloud, 'CreateStack', outer('1'));
      },
      (cloud) => run(cloud, 'DeleteStack'),
      async (cloud) => {
        expect(await status(cloud)).toBe('Stack with id cut does not exist');
        expect([await stacks(cloud), await values(cloud)]).toEqual([[], []]);
      },
    );
    expect(moments).toBeGreaterThanOrEqual(7);
  });
});
