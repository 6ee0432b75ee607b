import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A copy of an assembly in which one function has other code, as a synthesis after a saved file makes it: the asset has
 * another hash, and so have the templates that name it. `change`: makes it a different one each time.
 */
export function changedAssembly(assembly: string, into: string, bundle: string, change: string): string {
  cpSync(assembly, into, { recursive: true });
  const bundles = JSON.parse(readFileSync(join(assembly, 'bundles.json'), 'utf8')) as Record<string, string>;
  const asset = Object.keys(bundles).find((directory) => bundles[directory] === bundle);
  if (asset === undefined) throw new Error(`the app has no function "${bundle}"`);
  const hash = asset.replace('asset.', '');
  const other = createHash('sha256').update(hash).update(change).digest('hex');
  renameSync(join(into, asset), join(into, `asset.${other}`));
  appendFileSync(join(into, `asset.${other}`, 'index.mjs'), `\nconsole.debug('${change}');\n`);

  const renamed = new Map([[hash, other]]);
  const files = readdirSync(into).filter((name) => name.endsWith('.json'));
  for (const name of files.filter((file) => file.endsWith('.template.json'))) {
    const template = readFileSync(join(into, name), 'utf8');
    if (!template.includes(hash)) continue;
    const key = templateKey(join(into, name.replace('.template.json', '.assets.json')), name);
    renamed.set(key, createHash('sha256').update(key).update(change).digest('hex'));
  }
  for (const name of files) {
    let text = readFileSync(join(into, name), 'utf8');
    for (const [before, after] of renamed) text = text.replaceAll(before, after);
    writeFileSync(join(into, name), text);
  }
  return into;
}

/** Under which hash a template is published. */
function templateKey(assets: string, template: string): string {
  const { files } = JSON.parse(readFileSync(assets, 'utf8')) as {
    files: Record<string, { source: { path?: string } }>;
  };
  const [key] = Object.entries(files).find(([, { source }]) => source.path === template) ?? [];
  if (key === undefined) throw new Error(`${template} is no asset`);
  return key;
}
