import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What AWS's Node runtimes bring along besides Node: the SDK and what it is made of. */
const SCOPES = ['@aws-sdk', '@smithy'];

/**
 * Links the SDK of this project into `dir/node_modules`: code that is unpacked anywhere below `dir` finds it by Node's own
 * rules, from CommonJS and from ES modules, when the bundle does not have it.
 */
export function linkRuntimePackages(dir: string): void {
  for (const scope of SCOPES) {
    const target = installed(scope);
    if (target) link(target, join(dir, 'node_modules', scope));
  }
}

/** Where this project, or whoever installed it, has the packages of a scope. */
function installed(scope: string): string | undefined {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const packages = join(folder, 'node_modules', scope);
    if (existsSync(packages)) return packages;
  }
  return undefined;
}

function link(target: string, path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(path) === target) return;
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  // Windows lets everybody make junctions, but not links.
  symlinkSync(target, path, 'junction');
}
