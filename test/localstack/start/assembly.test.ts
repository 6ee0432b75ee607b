import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appOf, hashOfApp, synthesise } from '../../../localstack/start/assembly';
import { APP, SmallProject } from './small-project';

let project: SmallProject;
let work: string[];
beforeEach(() => {
  project = new SmallProject();
  work = [];
});
afterEach(() => project.remove());

const place = () => ({ root: project.root, dir: join(project.root, 'dist'), stage: 'local' });
const synth = (onWork = (what: string) => void work.push(what)) => synthesise({ ...place(), onWork });
/** The function's code in an assembly. */
const codeIn = (assembly: string) => {
  const [asset] = readdirSync(assembly).filter((name) => name.startsWith('asset.'));
  return readFileSync(join(assembly, asset!, 'index.mjs'), 'utf8');
};

describe('the assembly of an app', () => {
  test('is made of the sources as they are, and made again only when they have changed', async () => {
    expect(codeIn(await synth())).toContain('hello');
    expect(work).toHaveLength(2);
    await synth();
    expect(work).toHaveLength(2);
    project.greet('good morning');
    expect(codeIn(await synth())).toContain('good morning');
  });

  test('knows of which function each asset is the bundle, and which app made it', async () => {
    const assembly = await synth();
    const bundles = JSON.parse(readFileSync(join(assembly, 'bundles.json'), 'utf8'));
    const [asset] = readdirSync(assembly).filter((name) => name.startsWith('asset.'));
    expect(bundles).toEqual({ [asset!]: 'greet' });
    expect(appOf(assembly)).toBe(hashOfApp(Buffer.from(APP), '{}', ['greet']));
  });

  test('is not taken for that of the state before or after a save in its midst', async () => {
    await synth((what) => {
      if (what.startsWith('bundling')) project.greet('good evening');
    });
    // As an editor's undo leaves it: what was bundled is the other state.
    project.greet('hello');
    expect(codeIn(await synth())).toContain('hello');
  });

  test('stays as it was when the next one cannot be made', async () => {
    const assembly = await synth();
    project.write('lib/app.cjs', 'throw new Error("no such construct")');
    await expect(synth()).rejects.toThrow(/^cdk synth failed:\n.*no such construct/s);
    project.write('lib/app.cjs', APP);
    work = [];
    expect(await synth()).toBe(assembly);
    expect(work).toEqual([]);
    expect(codeIn(assembly)).toContain('hello');
    expect(readdirSync(join(project.root, 'dist')).filter((name) => name.startsWith('assembly'))).toEqual([
      'assembly-local',
    ]);
  });

  test('is given up when nobody waits for it any more', async () => {
    const stopped = new AbortController();
    const aborted = synthesise({ ...place(), onWork: () => stopped.abort(), signal: stopped.signal });
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(join(project.root, 'dist/assembly-local'))).toBe(false);
  });
});
