import { beforeEach, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { Bundles } from '../../../localstack/start/watch/bundles';
import { FakeBundler } from './fake-bundler';

let bundler: FakeBundler;
let bundles: Bundles;
beforeEach(async () => {
  bundler = new FakeBundler({
    command: ['functions/command.ts', 'functions/order.ts'],
    ingest: ['functions/ingest.ts', 'functions/order.ts'],
    query: ['functions/query.ts'],
  });
  bundles = new Bundles(bundler);
  await bundles.update(new Set());
  bundler.builds.length = 0;
});

/** Writes a file and lets the bundles know. */
async function save(file: string, text: string): Promise<void> {
  bundler.files[file] = text;
  await bundles.update(new Set([file]));
}
const contentOf = (name: string) =>
  Buffer.from(unzipSync(bundles.packages.get(name)!.zip)['index.mjs']!).toString('utf8');

describe('bundles', () => {
  test('are built where a change concerns them, and nowhere else', async () => {
    await save('functions/query.ts', 'second');
    await save('functions/order.ts', 'third');
    expect(bundler.builds).toEqual(['query', 'command ingest']);
    expect(contentOf('query')).toBe('second');
    expect(contentOf('ingest')).toBe('first,third');
  });

  test('are built where a new file may take the place of another, and where a directory is gone', async () => {
    await save('functions/new.ts', '');
    expect(bundler.builds).toEqual([]);
    await save('functions/query/index.ts', '');
    await save('functions/order.json', '');
    expect(bundler.builds).toEqual(['query', 'command ingest']);
    bundler.imports.query = ['functions/query.ts', 'functions/views/row.ts'];
    bundler.files['functions/views/row.ts'] = 'row';
    await save('functions/query.ts', 'second');
    bundler.builds.length = 0;
    delete bundler.files['functions/views/row.ts'];
    await expect(bundles.update(new Set(['functions/views']))).rejects.toThrow('the build failed');
    expect(bundler.builds).toEqual(['query']);
  });

  test('are all built when a setting of the build changes', async () => {
    await save('functions/tsconfig.json', '{}');
    expect(bundler.builds).toEqual(['command ingest query']);
  });

  test('are left alone by what is no source of functions', async () => {
    await bundles.update(new Set(['lib/app.ts', 'cdk.json']));
    expect(bundler.builds).toEqual([]);
  });

  test('stay as they were when a build fails, and are built with the next change whatever that is', async () => {
    const before = bundles.packages.get('ingest')!.codeSha256;
    await expect(save('functions/ingest.ts', 'oops')).rejects.toMatchObject({
      messages: ['functions/ingest.ts:1:1: Unexpected "oops"'],
    });
    expect(bundles.packages.get('ingest')!.codeSha256).toBe(before);
    bundler.files['functions/ingest.ts'] = 'mended';
    await save('functions/query.ts', 'second');
    expect(bundler.builds).toEqual(['ingest', 'ingest query']);
    expect(contentOf('ingest')).toBe('mended,first');
  });

  test('find an import that comes later', async () => {
    bundler.imports.query = ['functions/query.ts', 'functions/row.ts'];
    await expect(save('functions/query.ts', 'second')).rejects.toMatchObject({
      messages: ['Could not resolve "functions/row.ts"'],
    });
    await save('functions/row.ts', 'row');
    expect(contentOf('query')).toBe('second,row');
    bundler.builds.length = 0;
    await save('functions/row.ts', 'row 2');
    expect(bundler.builds).toEqual(['query']);
  });

  test('come and go with their functions', async () => {
    bundler.imports.sweep = ['functions/sweep.ts'];
    await save('functions/sweep.ts', 'sweep');
    expect(contentOf('sweep')).toBe('sweep');
    delete bundler.imports.sweep;
    await bundles.update(new Set(['functions/sweep.ts']));
    expect([...bundles.packages.keys()].sort()).toEqual(['command', 'ingest', 'query']);
  });

  test('have the same checksum as long as they have the same bytes', async () => {
    const before = bundles.packages.get('query')!;
    await save('functions/query.ts', 'first');
    expect(bundler.builds).toEqual(['query']);
    expect(bundles.packages.get('query')).toEqual(before);
  });

  test('keep two groups prepared: those that are worked on', async () => {
    for (const file of ['query', 'ingest', 'query', 'command', 'query']) await save(`functions/${file}.ts`, 'next');
    expect([...bundler.prepared]).toEqual(['query', 'command']);
    await bundles.dispose();
    expect([...bundler.prepared]).toEqual([]);
  });
});
