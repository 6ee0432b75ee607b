import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

type Hashes = { readonly order: string; readonly inventory: string; readonly user: string };

/** A copy of the domain, to be changed. */
let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'reducers-')));
  cpSync('functions/domain', join(root, 'functions/domain'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const hashes = (): Hashes =>
  JSON.parse(execFileSync('node', ['scripts/reducer-hashes.mjs', root], { encoding: 'utf8' }));

function change(file: string, from: string | RegExp, to: string): void {
  const path = join(root, 'functions/domain', file);
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, changed);
}

describe('the hash of a reducer', () => {
  it('is another when its evolve is, and those of the other aggregates stay', () => {
    const before = hashes();
    expect(new Set(Object.values(before)).size).toBe(3);
    change('user.ts', "{ status: 'deleted', userId: user.userId }", "{ status: 'deleted', userId: 'gone' }");
    const after = hashes();
    expect({ ...after, user: before.user }).toEqual(before);
    expect(after.user).not.toBe(before.user);
  });

  it('is the same whatever the comments, the formatting, the types and the decisions are', () => {
    const before = hashes();
    change('user.ts', /^/, '/*! of users */\n// once more\n\n');
    change('user.ts', 'switch (event.type) {', 'switch (\n event.type\n) {');
    change('user.ts', 'export type UserState =', 'export type UserState = never |');
    change('user.ts', 'the user has been deleted', 'the user is no more');
    expect(hashes()).toEqual(before);
  });

  it('is another when a step to the form of today is', () => {
    const before = hashes();
    change('upcasters.ts', 'shippingFee: 0', 'shippingFee: 1');
    expect(hashes().order).not.toBe(before.order);
  });

  it('is another when what evolve calls is, wherever that stands', () => {
    const before = hashes();
    change('order.ts', 'sum + line.quantity * line.unitPrice', 'sum + line.unitPrice');
    const after = hashes();
    expect([after.order === before.order, after.inventory === before.inventory]).toEqual([false, true]);
  });
});

/** Builds the function of the copy, changes a file, builds it again: what it answers both times, and what it is made of. */
const REBUILD = `
import { readFileSync, writeFileSync } from 'node:fs';
const { functionsAgain, functionNames } = await import(process.argv[1]);
const { rebuild, dispose } = await functionsAgain(functionNames());
const told = [];
const tell = async () => {
  const [{ files, inputs }] = await rebuild();
  const path = process.cwd() + '/built-' + told.length + '.mjs';
  writeFileSync(path, files['index.mjs']);
  told.push({ ...(await import(path)).handler(), inputs });
};
await tell();
const path = 'functions/domain/user.ts';
writeFileSync(path, readFileSync(path, 'utf8').replace("'deleted', userId: user.userId", "'deleted', userId: 'gone'"));
await tell();
await dispose();
console.log(JSON.stringify(told));
`;

describe('a function that is built again', () => {
  it('has the hashes of the sources as they are now, and is known to depend on them', () => {
    mkdirSync(join(root, 'functions/application'));
    mkdirSync(join(root, 'functions/handlers'));
    cpSync('functions/application/reducer-hashes.ts', join(root, 'functions/application/reducer-hashes.ts'));
    writeFileSync(
      join(root, 'functions/handlers/tell.ts'),
      "import { reducerHashes } from '../application/reducer-hashes';\nexport const handler = () => ({ hashes: reducerHashes });\n",
    );
    const script = pathToFileURL(resolve('scripts/rebuild.mjs')).href;
    const before = hashes();
    const output = execFileSync('node', ['--input-type=module', '-e', REBUILD, script], {
      cwd: root,
      encoding: 'utf8',
    });
    const [first, second] = JSON.parse(output);
    expect(first.hashes).toEqual(before);
    expect(second.hashes).toEqual(hashes());
    expect(second.hashes.user).not.toBe(before.user);
    expect(first.inputs).toEqual(
      expect.arrayContaining([
        'functions/domain/order.ts',
        'functions/domain/user.ts',
        'functions/domain/upcasters.ts',
      ]),
    );
  });
});
