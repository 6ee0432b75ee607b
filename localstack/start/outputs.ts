import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Writes `outputs.json` in the form of `cdk deploy --outputs-file`; whole or not at all. Returns its path. */
export function writeOutputs(dir: string, outputs: StackOutputs): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'outputs.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(outputs, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return file;
}
