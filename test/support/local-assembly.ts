import { join } from 'node:path';

/** The root of the project. */
export const projectRoot = join(__dirname, '../..');

/** The synthesised app of stage `local`; the global setup has made it. */
export const localAssembly = (): string => join(projectRoot, 'dist/assembly-local');
