import { cpus, totalmem } from 'node:os';

export type Target = { readonly name: string; readonly figure: string; readonly goal: string; readonly met: boolean };

/** Figures side by side: each row has a name and a cell for each column. */
export type Table = {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [name: string, ...cells: readonly number[]])[];
};

/** What a bench found: figures by name (the unit stands in the name), and whether the targets are met. */
export type Report = {
  readonly bench: string;
  readonly machine: string;
  readonly tables?: readonly Table[];
  readonly figures: Readonly<Record<string, number>>;
  readonly targets: readonly Target[];
};

export function makeReport(bench: string, figures: Record<string, number>, targets: readonly Target[]): Report {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  return {
    bench,
    machine,
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)])),
    targets,
  };
}

/** `goal` is a bound on the figure, e.g. `atLeast('throughput / floor', 0.61, 0.5)`. */
export const atLeast = (name: string, figure: number, goal: number): Target => ({
  name,
  figure: String(rounded(figure)),
  goal: `≥ ${goal}`,
  met: figure >= goal,
});
export const atMost = (name: string, figure: number, goal: number): Target => ({
  name,
  figure: String(rounded(figure)),
  goal: `≤ ${goal}`,
  met: figure <= goal,
});

export function formatReport({ bench, machine, tables = [], figures, targets }: Report): string {
  const width = Math.max(...[...Object.keys(figures), ...targets.map(({ name }) => name)].map((name) => name.length));
  const lines = [`${bench}  (${machine})`, '', ...tables.flatMap((table) => [...formatTable(table), ''])];
  for (const [name, value] of Object.entries(figures))
    lines.push(`  ${name.padEnd(width)}  ${String(value).padStart(10)}`);
  lines.push('');
  for (const { name, figure, goal, met } of targets) {
    lines.push(`  ${name.padEnd(width)}  ${figure.padStart(10)}  ${goal.padEnd(8)}  ${met ? 'met' : 'NOT MET'}`);
  }
  return `${lines.join('\n')}\n`;
}

function formatTable({ title, columns, rows }: Table): string[] {
  const names = Math.max(...rows.map(([name]) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(names)}  ${cells.map((cell, n) => cell.padStart(Math.max(8, columns[n]!.length))).join('  ')}`;
  return [
    title,
    line('', columns),
    ...rows.map(([name, ...cells]) =>
      line(
        name,
        cells.map((cell) => String(rounded(cell))),
      ),
    ),
  ];
}

/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const rounded = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(2)));
