import { printable } from './printable';

export type Column = { readonly title: string; readonly right?: boolean };

/** Rows in aligned columns, two spaces apart. */
export function columns(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const shown = rows.map((row) => row.map(printable));
  const widths = shown.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, widthOf(cell))), []);
  const pad = (cell: string, i: number) => {
    const blanks = ' '.repeat(widths[i]! - widthOf(cell));
    return right.has(i) ? blanks + cell : cell + blanks;
  };
  return shown.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** The same under titles. */
export function table(titles: readonly Column[], rows: readonly (readonly string[])[]): string {
  const right = new Set(titles.flatMap((title, i) => (title.right ? [i] : [])));
  return columns([titles.map(({ title }) => title), ...rows], right);
}

/** Names and values, one a line; what is undefined is left out. */
export function fields(pairs: readonly (readonly [name: string, value: string | undefined])[]): string {
  return columns(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

const widthOf = (text: string): number => [...text].length;
