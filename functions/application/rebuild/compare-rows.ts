import { canonicalJson } from '../canonical-json';
import type { ViewRow } from '../read-models/rows';

export type RowVerdict =
  | 'equal'
  /** Other fields, of the same events. */
  | 'different'
  /** The old row stands still at a fault, the new one does not. */
  | 'repaired'
  /** The new row stands still at a fault, the old one does not, or at a later one. */
  | 'faulted'
  /** One of them has seen more events than the other: one was read before an event, the other behind it. */
  | 'apart'
  | 'only-in-old'
  | 'only-in-new';

export type Comparison = {
  readonly verdict: RowVerdict;
  /** The fields in which they differ. */
  readonly fields: readonly string[];
};

/** What became of a row from one generation to another. */
export function compareRows(old: ViewRow | undefined, fresh: ViewRow | undefined): Comparison {
  if (fresh === undefined) return { verdict: old === undefined ? 'equal' : 'only-in-old', fields: [] };
  if (old === undefined) return { verdict: 'only-in-new', fields: [] };
  const fields = differingFields(old, fresh);
  const [oldFault, freshFault] = [old.fault?.version, fresh.fault?.version];
  if (oldFault !== undefined && freshFault === undefined) {
    return { verdict: fresh.version >= oldFault ? 'repaired' : 'apart', fields };
  }
  if (freshFault !== undefined && oldFault === undefined) {
    return { verdict: old.version >= freshFault ? 'faulted' : 'apart', fields };
  }
  if (freshFault !== undefined && oldFault !== undefined && freshFault < oldFault)
    return { verdict: 'faulted', fields };
  if (freshFault === undefined && old.version !== fresh.version) return { verdict: 'apart', fields };
  return { verdict: fields.length === 0 ? 'equal' : 'different', fields };
}

function differingFields(old: ViewRow, fresh: ViewRow): readonly string[] {
  const [one, other] = [comparable(old), comparable(fresh)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((field) => canonicalJson(one[field]) !== canonicalJson(other[field]))
    .sort();
}

/** When a fault was met, and how much has come behind it since, says nothing of the fold. */
function comparable({ fault, ...row }: ViewRow): Readonly<Record<string, unknown>> {
  return { ...row, ...(fault && { fault: { version: fault.version, error: fault.error } }) };
}
