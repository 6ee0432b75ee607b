import { validationError } from '../template/errors';
import type { Stack, StackOutput } from './stack';
import type { StackStore } from './stack-store';

export type StackExport = { readonly name: string; readonly value: string; readonly stack: Stack };

type Place = { readonly account: string; readonly region: string };

/** Everything that the stacks of an account and region export. */
export function exportsOf(stacks: StackStore, place: Place): StackExport[] {
  return stacks
    .of(place)
    .flatMap((stack) =>
      stack.outputs.flatMap(({ exportName, value }) =>
        exportName === undefined ? [] : [{ name: exportName, value, stack }],
      ),
    );
}

/** Names of the stacks that import an export. */
export function importersOf(stacks: StackStore, place: Place, exportName: string): string[] {
  return stacks
    .of(place)
    .filter((stack) => stack.imports.includes(exportName))
    .map((stack) => stack.name);
}

/** `A`, `A and B`, `A, B and C`, as CloudFormation lists them. */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

/** Names of exports are unique, and what somebody imports stays as it is. */
export function checkExports(stacks: StackStore, stack: Stack, outputs: readonly StackOutput[]): void {
  const all = exportsOf(stacks, stack);
  for (const { exportName } of outputs) {
    const other = all.find(({ name, stack: owner }) => name === exportName && owner.id !== stack.id);
    if (other) {
      throw validationError(
        `Export with name ${exportName} is already exported by stack ${other.stack.name}. Rollback requested by user.`,
      );
    }
  }
  for (const { name, value, stack: owner } of all) {
    if (owner.id !== stack.id) continue;
    const importers = importersOf(stacks, stack, name);
    if (importers.length === 0) continue;
    const now = outputs.find(({ exportName }) => exportName === name);
    if (!now) throw validationError(`Cannot delete export ${name} as it is in use by ${listed(importers)}.`);
    if (now.value !== value) {
      throw validationError(`Cannot update export ${name} as it is in use by ${listed(importers)}.`);
    }
  }
}
