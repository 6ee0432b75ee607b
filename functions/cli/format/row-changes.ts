import type { Fault, ViewRow } from '../../application/read-models/rows';
import { columns } from './columns';

/** As much of a value as a line has room for. */
const SHOWN = 60;

/** What becomes of a row, a field a line: only what changes. */
export function rowChanges(before: ViewRow, after: ViewRow): string {
  const old: Fields = new Map(Object.entries(before));
  const now: Fields = new Map(Object.entries(after));
  const changed = [...new Set([...now.keys(), ...old.keys()])].filter(
    (field) => JSON.stringify(old.get(field)) !== JSON.stringify(now.get(field)),
  );
  return columns(
    changed.map((field) => [`  ${field}`, shown(field, old.get(field)), '→', shown(field, now.get(field))]),
  );
}

type Fields = ReadonlyMap<string, unknown>;

function shown(field: string, value: unknown): string {
  if (value === undefined) return '–';
  if (field === 'fault') return `at version ${(value as Fault).version}`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
