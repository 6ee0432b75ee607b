import type { Stack } from './stack';
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
