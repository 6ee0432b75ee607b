import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployAssembly } from '../../../localstack/deploy';
import { projectRoot } from '../../support/local-assembly';
import { environmentOf } from './cdk-command';
import { answerOf, oneFunction } from './one-function';
import { smallAssembly } from './small-assembly';

let cloud: Cloud;
let dir: string;
let watch: ChildProcess;
beforeEach(async () => {
  cloud = await startCloud({ port: 0 });
  dir = mkdtempSync(join(tmpdir(), 'cdk-watch-'));
});
afterEach(async () => {
  const ended = new Promise((resolve) => watch.once('exit', resolve));
  watch.kill();
  await ended;
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

/** Resolves when the command has printed `text`; rejects when it ends without. */
function said(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (output.includes(text)) resolve();
    };
    watch.stdout!.on('data', look);
    watch.stderr!.on('data', look);
    watch.once('exit', () => reject(new Error(`ended without "${text}":\n${output}`)));
    look();
  });
}
let output = '';

test('cdk watch swaps a function when a file is saved, and follows its log', async () => {
  const app = join(dir, 'app');
  mkdirSync(app);
  smallAssembly({ App: oneFunction('one') }, app);
  // The first deployment, too, is one that only swaps.
  await deployAssembly({ assemblyDir: app, registry: cloud.registry, call: cloud.rootCall() });
  // The app is one that has been synthesised before: what is watched here is the command.
  writeFileSync(
    join(dir, 'cdk.json'),
    JSON.stringify({ app: 'cp -R app/. "$CDK_OUTDIR"', watch: { include: ['saved'] } }),
  );
  writeFileSync(join(dir, 'saved'), '1');
  watch = spawn(process.execPath, [join(projectRoot, 'node_modules/aws-cdk/bin/cdk'), '--no-notices', 'watch'], {
    cwd: dir,
    env: { ...environmentOf(dir), AWS_ENDPOINT_URL: cloud.endpoint },
  });
  for (const stream of [watch.stdout!, watch.stderr!]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  await said('(no changes)');
  expect(await answerOf(cloud.endpoint)).toBe('one');
  await said('said one');

  smallAssembly({ App: oneFunction('two') }, app);
  writeFileSync(join(dir, 'saved'), '2');
  await said('hotswapped!');
  expect(await answerOf(cloud.endpoint)).toBe('two');
  await said('said two');
}, 60_000);
