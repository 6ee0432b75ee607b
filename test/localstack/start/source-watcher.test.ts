import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SourceWatcher } from '../../../localstack/start/watch/source-watcher';

let root: string;
let watcher: SourceWatcher;
let seen: Set<string>;
let look: () => void;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watched-'));
  mkdirSync(join(root, 'functions/domain'), { recursive: true });
  mkdirSync(join(root, 'docs'));
  write('functions/domain/order.ts', '1');
  seen = new Set();
  look = () => {};
  watcher = new SourceWatcher(root, ['functions', 'lib', 'cdk.json'], (path) => {
    seen.add(path);
    look();
  });
});
afterEach(() => {
  watcher.close();
  rmSync(root, { recursive: true });
});

const write = (path: string, text: string) => writeFileSync(join(root, path), text);
/** Resolves when a change of the path has been told. */
const changed = (path: string) =>
  new Promise<void>((resolve) => {
    look = () => {
      if (seen.has(path)) resolve();
    };
    look();
  });

describe('a watcher of sources', () => {
  test('tells a file that is written', async () => {
    write('functions/domain/order.ts', '2');
    await changed('functions/domain/order.ts');
  });

  test('tells a file that is renamed over the old one, again and again', async () => {
    for (const round of ['a', 'b', 'c']) {
      seen.clear();
      write('docs/new', round);
      renameSync(join(root, 'docs/new'), join(root, 'functions/domain/order.ts'));
      await changed('functions/domain/order.ts');
    }
  });

  test('tells files that are new and files that are removed', async () => {
    write('functions/domain/user.ts', '1');
    await changed('functions/domain/user.ts');
    seen.clear();
    rmSync(join(root, 'functions/domain/user.ts'));
    await changed('functions/domain/user.ts');
  });

  test('watches directories that are new, that come with everything in them, and that come again', async () => {
    mkdirSync(join(root, 'functions/adapters/views'), { recursive: true });
    await changed('functions/adapters');
    await watcher.quiet();
    write('functions/adapters/views/row.ts', '1');
    await changed('functions/adapters/views/row.ts');

    mkdirSync(join(root, 'docs/lib/constructs'), { recursive: true });
    renameSync(join(root, 'docs/lib'), join(root, 'lib'));
    await changed('lib');
    await watcher.quiet();
    write('lib/constructs/queue.ts', '1');
    await changed('lib/constructs/queue.ts');

    rmSync(join(root, 'functions/domain'), { recursive: true });
    mkdirSync(join(root, 'functions/domain'));
    await changed('functions/domain');
    await watcher.quiet();
    seen.clear();
    write('functions/domain/order.ts', '3');
    await changed('functions/domain/order.ts');
  });

  test('is quiet when everything that was written has been told', async () => {
    await watcher.quiet();
    const quiet = watcher.quiet();
    for (let save = 0; save < 50; save++) write('functions/domain/order.ts', String(save));
    write('cdk.json', '{}');
    await quiet;
    expect([...seen].sort()).toEqual(['cdk.json', 'functions/domain/order.ts']);
  });

  test('is quiet when it is closed', async () => {
    const quiet = watcher.quiet();
    watcher.close();
    await quiet;
  });

  test('keeps silent about other files, and about what editors put beside the sources', async () => {
    write('README.md', '1');
    write('docs/adr.md', '1');
    for (const name of ['.order.ts.swp', 'order.ts~', '4913', '#order.ts#', '.#order.ts']) {
      write(`functions/domain/${name}`, '1');
    }
    write('cdk.json', '{}');
    await changed('cdk.json');
    expect([...seen]).toEqual(['cdk.json']);
  });
});
