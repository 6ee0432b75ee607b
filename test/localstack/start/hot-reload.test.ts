import { beforeEach, describe, expect, test } from '@jest/globals';
import { zipFiles } from '../../../localstack/deploy/zip-directory';
import { hashOfApp } from '../../../localstack/start/assembly';
import type { DeployedFunction } from '../../../localstack/start/deployed-functions';
import { Bundles } from '../../../localstack/start/watch/bundles';
import { HotReload, type HotReloadParts, type Said } from '../../../localstack/start/watch/hot-reload';
import { FakeBundler, Mistake } from './fake-bundler';
import { FakeLambda } from './fake-lambda';

let bundler: FakeBundler;
let lambda: FakeLambda;
let said: Said[];
let app: string;
let settings: string;
let disposed: number;
let redeployments: number;
let redeploy: () => Promise<ReturnType<typeof running>>;

const deployed = (...bundles: string[]): DeployedFunction[] =>
  bundles.map((bundle) => ({ name: `stack-${bundle}`, bucket: 'assets', key: `${bundle}.zip`, bundle }));

/** The app as it is in the sources, deployed. */
const running = (...bundles: string[]) => ({
  functions: deployed(...bundles),
  app: hashOfApp(Buffer.from(app), settings, bundler.functionNames()),
});

beforeEach(() => {
  bundler = new FakeBundler({
    ingest: ['functions/ingest.ts', 'functions/order.ts'],
    query: ['functions/query.ts', 'functions/order.ts'],
  });
  lambda = new FakeLambda();
  for (const name of ['ingest', 'query']) lambda.deploy(`stack-${name}`, packed('first,first'));
  said = [];
  app = 'app';
  settings = '{}';
  disposed = 0;
  redeployments = 0;
  redeploy = async () => running('ingest', 'query');
});

const packed = (text: string) => zipFiles({ 'index.mjs': Buffer.from(text) });

/** After the first round. */
async function started(overrides: Partial<HotReloadParts> = {}): Promise<HotReload> {
  const reload = new HotReload({
    quiet: async () => {},
    bundles: new Bundles(bundler),
    app: {
      rebuild: async () => {
        if (app.includes('oops')) throw new Mistake('lib/app.ts:1:1: Unexpected "oops"');
        return Buffer.from(app);
      },
      dispose: async () => {
        disposed++;
      },
    },
    appSettings: () => settings,
    redeploy: () => {
      redeployments++;
      return redeploy();
    },
    deployed: running('ingest', 'query'),
    operator: lambda.operator,
    say: (what) => said.push(what),
    ...overrides,
  });
  await reload.settled();
  return reload;
}

function save(reload: HotReload, file: string, text: string): Promise<void> {
  bundler.files[file] = text;
  reload.changed(file);
  return reload.settled();
}

const reloaded = (name: string) => ({ kind: 'reloaded', name, ms: expect.any(Number) });
const redeployed = { kind: 'redeployed', ms: expect.any(Number) };
const working = { kind: 'working', text: 'the CDK app has changed: deploying it' };

describe('a hot reload of functions', () => {
  test('swaps nothing as long as what runs is what is in the sources', async () => {
    await started();
    expect(lambda.updates).toEqual([]);
    expect(said).toEqual([]);
  });

  test('swaps the functions whose bundles have changed, and no others', async () => {
    const reload = await started();
    await save(reload, 'functions/query.ts', 'second');
    expect(said).toEqual([reloaded('query')]);
    expect(lambda.updates).toEqual(['stack-query']);
    expect(lambda.codeOf('stack-query')).toBe('second,first');
    await save(reload, 'functions/order.ts', 'third');
    expect(said.slice(1)).toEqual([reloaded('ingest'), reloaded('query')]);
    expect(lambda.codeOf('stack-ingest')).toBe('first,third');
  });

  test('says nothing of a save that changes no byte of a bundle', async () => {
    const reload = await started();
    await save(reload, 'functions/query.ts', 'first');
    expect(bundler.builds.at(-1)).toBe('query');
    expect(said).toEqual([]);
  });

  test('finds what was saved before it began', async () => {
    bundler.files['functions/ingest.ts'] = 'early';
    await started();
    expect(said).toEqual([reloaded('ingest')]);
    expect(lambda.codeOf('stack-ingest')).toBe('early,first');
  });

  test('loses no save that comes while it builds, and gathers those into one', async () => {
    const reload = await started();
    bundler.builds.length = 0;
    let interrupt = () => {
      for (const text of ['second', 'third', 'fourth']) void save(reload, 'functions/query.ts', text);
      interrupt = () => {};
    };
    bundler.during = async () => interrupt();
    await save(reload, 'functions/query.ts', 'half');
    expect(bundler.builds).toEqual(['query', 'query']);
    expect(lambda.codeOf('stack-query')).toBe('fourth,first');
  });

  test('reads nothing while somebody is writing', async () => {
    let quiet = async () => {};
    const reload = await started({ quiet: () => quiet() });
    let whole = () => {};
    quiet = () =>
      new Promise((resolve) => {
        whole = resolve;
      });
    bundler.builds.length = 0;
    const saved = save(reload, 'functions/query.ts', '');
    await new Promise(setImmediate);
    expect(bundler.builds).toEqual([]);
    bundler.files['functions/query.ts'] = 'whole';
    whole();
    await saved;
    expect(bundler.builds).toEqual(['query']);
    expect(lambda.codeOf('stack-query')).toBe('whole,first');
  });

  test('says what is wrong, leaves what runs alone, and goes on when it is mended', async () => {
    const reload = await started();
    await save(reload, 'functions/order.ts', 'oops');
    expect(said).toEqual([{ kind: 'failed', text: 'functions/order.ts:1:1: Unexpected "oops"' }]);
    expect(lambda.updates).toEqual([]);
    await save(reload, 'functions/order.ts', 'first');
    expect(said.at(-1)).toEqual({ kind: 'mended', text: 'it builds again' });
    await save(reload, 'functions/order.ts', 'oops');
    await save(reload, 'functions/order.ts', 'better');
    expect(said.slice(3)).toEqual([reloaded('ingest'), reloaded('query')]);
  });

  test('says once what is wrong with both the functions and the app', async () => {
    const reload = await started();
    bundler.files['lib/app.ts'] = 'oops';
    bundler.imports.query = ['lib/app.ts'];
    app = 'oops';
    await save(reload, 'functions/query.ts', 'second');
    expect(said).toEqual([{ kind: 'failed', text: 'lib/app.ts:1:1: Unexpected "oops"' }]);
  });

  test('goes on with the others when somebody has deleted a function', async () => {
    const reload = await started();
    lambda.remove('stack-ingest');
    await save(reload, 'functions/order.ts', 'second');
    expect(said).toEqual([{ kind: 'failed', text: 'Function not found: stack-ingest' }, reloaded('query')]);
  });
});

describe('a hot reload of the app', () => {
  test('finds what was saved before it began', async () => {
    const before = running('ingest', 'query');
    app = 'app 2';
    await started({ deployed: before });
    expect(said).toEqual([working, redeployed]);
  });

  test('deploys an app whose program, settings or functions have changed, once', async () => {
    const reload = await started();
    app = 'app 2';
    await save(reload, 'lib/app.ts', '');
    expect(said).toEqual([working, redeployed]);
    settings = '{"context":{}}';
    await save(reload, 'cdk.json', '');
    bundler.imports.sweep = ['functions/sweep.ts'];
    await save(reload, 'functions/sweep.ts', 'sweep');
    expect(redeployments).toBe(3);
    await save(reload, 'lib/app.ts', '');
    await save(reload, 'functions/query.ts', 'second');
    expect(redeployments).toBe(3);
  });

  test('swaps the functions of the app that it has deployed', async () => {
    const reload = await started();
    bundler.imports.sweep = ['functions/sweep.ts'];
    redeploy = async () => {
      lambda.deploy('stack-sweep', packed('sweep'));
      return running('ingest', 'query', 'sweep');
    };
    await save(reload, 'functions/sweep.ts', 'sweep');
    await save(reload, 'functions/sweep.ts', 'sweep 2');
    expect(said).toEqual([working, redeployed, reloaded('sweep')]);
    expect(lambda.codeOf('stack-sweep')).toBe('sweep 2');
  });

  test('swaps functions while the app cannot be built', async () => {
    const reload = await started();
    app = 'oops';
    await save(reload, 'lib/app.ts', '');
    await save(reload, 'functions/query.ts', 'second');
    const failed = { kind: 'failed', text: 'lib/app.ts:1:1: Unexpected "oops"' };
    expect(said).toEqual([failed, reloaded('query'), failed]);
  });

  test('does not try an app again that could not be deployed, until it is another', async () => {
    const reload = await started();
    redeploy = () => Promise.reject(new Error('Stack S could not be deployed'));
    app = 'app 2';
    await save(reload, 'lib/app.ts', '');
    await save(reload, 'functions/query.ts', 'second');
    expect(said).toEqual([working, { kind: 'failed', text: 'Stack S could not be deployed' }, reloaded('query')]);
    redeploy = async () => running('ingest', 'query');
    app = 'app';
    await save(reload, 'lib/app.ts', '');
    expect(said.slice(3)).toEqual([working, redeployed]);
  });

  test('swaps in again what the rollback of a deployment has put back', async () => {
    const reload = await started();
    await save(reload, 'functions/query.ts', 'second');
    redeploy = async () => {
      lambda.deploy('stack-query', packed('first,first'));
      throw new Error('rolled back');
    };
    app = 'app 2';
    await save(reload, 'lib/app.ts', '');
    expect(lambda.codeOf('stack-query')).toBe('second,first');
  });

  test('is not deployed with functions that cannot be built', async () => {
    const reload = await started();
    app = 'app 2';
    await save(reload, 'functions/query.ts', 'oops');
    expect(redeployments).toBe(0);
    await save(reload, 'functions/query.ts', 'first');
    expect(redeployments).toBe(1);
  });

  test('is given up when it is to stop, without a word', async () => {
    const reload = await started({
      redeploy: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    app = 'app 2';
    reload.changed('lib/app.ts');
    await reload.stop();
    expect(said.filter(({ kind }) => kind !== 'working')).toEqual([]);
    expect(disposed).toBe(1);
    expect([...bundler.prepared]).toEqual([]);
  });
});
