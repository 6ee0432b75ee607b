import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { projectRoot } from './local-assembly';

export type SourceFile = {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What it imports, types included: project files by their path without extension, packages by their specifier. */
  readonly imports: readonly string[];
};

/** The TypeScript files below a folder (or the one file), with their imports. */
export function sourceFiles(root: string): SourceFile[] {
  const names = root.endsWith('.ts')
    ? [root]
    : readdirSync(join(projectRoot, root), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(root, name));
  return names.sort().map((name) => {
    const path = relative(projectRoot, join(projectRoot, name)).replaceAll('\\', '/');
    const text = readFileSync(join(projectRoot, name), 'utf8');
    return { path, text, imports: specifiers(text).map((specifier) => resolve(path, specifier)) };
  });
}

const importForms = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\brequire\(\s*['"]([^'"]+)['"]/g,
];

/** The modules that a source text names, in whatever form it imports them. */
export function specifiers(text: string): string[] {
  return importForms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] as string));
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(dirname(from), specifier) : specifier;
}
