import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** The oldest time that a zip file can hold: the same files always make the same bytes. */
const TIME = new Date(1980, 0, 1);

/** The files below `dir`, packed. */
export function zipDirectory(dir: string): Buffer {
  const files: Zippable = {};
  const add = (folder: string, prefix: string) => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) add(path, `${prefix}${entry.name}/`);
      else files[`${prefix}${entry.name}`] = readFileSync(path);
    }
  };
  add(dir, '');
  return zipFiles(files);
}

/** Packs files in the order in which they are given. */
export function zipFiles(files: Zippable): Buffer {
  // Without compression: the package is unpacked again on this very machine.
  return Buffer.from(zipSync(files, { level: 0, mtime: TIME }));
}
