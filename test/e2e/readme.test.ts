import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endpointOf, readOutputs } from '../../demo/outputs';
import { cliEnvironment, describeWithAwsCli } from '../support/aws-cli';
import { projectRoot } from '../support/local-assembly';
import { NpmStart } from '../support/npm-start';

const run = promisify(execFile);
const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

/** The shell lines of a section of the README. */
function linesBelow(heading: string): string {
  const section = readme.slice(readme.indexOf(`## ${heading}`));
  return /```\n(.*?)```/s.exec(section)![1]!;
}

describe('the README', () => {
  it('names only commands and files that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...readme.matchAll(/npm (?:run )?([\w:]+)/g)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'ci');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
    const links = [...readme.matchAll(/\]\(((?!http)[^)#]+)/g)].map(([, file]) => file!);
    expect(links.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
  });
});

describeWithAwsCli('the lines of the README', () => {
  let dir: string;
  let system: NpmStart;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'readme-'));
    system = new NpmStart('--port', '0', '--dir', dir);
    await system.ready();
  }, 60_000);
  afterAll(async () => {
    await system?.end('SIGINT');
    rmSync(dir, { recursive: true, force: true });
  });

  it('put an event and show the order', async () => {
    const endpoint = endpointOf(readOutputs(join(dir, 'outputs.json')))!;
    const script = linesBelow('Put an event, see the order')
      .replaceAll('http://127.0.0.1:4566', endpoint)
      .replaceAll('./.localcloud', dir)
      // A person takes a second to paste the next line; here the cloud comes to rest in between.
      .replace('URL=', `curl -s -o /dev/null ${endpoint}/_cloud/idle\nURL=`);
    const { stdout } = await run('bash', ['-euc', script], { cwd: projectRoot, env: cliEnvironment() });
    expect(stdout).toContain('"FailedEntryCount": 0');
    const order = JSON.parse(stdout.trim().split('\n').at(-1)!) as object;
    expect(order).toMatchObject({ orderId: 'o-7', status: 'created', version: 1, total: 2500 });
  }, 60_000);

  it('run the demo', async () => {
    const { stdout } = await run(
      process.execPath,
      [
        'scripts/run.mjs',
        'demo/main.ts',
        '--orders',
        '20',
        '--rate',
        '500',
        '--seed',
        '1',
        '--outputs',
        join(dir, 'outputs.json'),
      ],
      { cwd: projectRoot, env: cliEnvironment() },
    );
    expect(stdout).toMatch(/^created +20 +100\.0 %/m);
    expect(stdout).toMatch(/^cancelled +\d+$/m);
  }, 60_000);
});
