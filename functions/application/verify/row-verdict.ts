import type { ViewRow } from '../read-models/rows';
import { wrongFields } from './differences';
import type { ProjectionFinding } from './findings';
import type { StoredRow } from './stored-views';

/** What a stream says of its row. */
export type Expected = {
  /** The stream's version. */
  readonly newest: number;
  /** The fold up to where the row stands; undefined: nothing, or the stream does not go that far. */
  readonly row?: ViewRow;
  /** The first event that the fold cannot pass. */
  readonly fault?: { readonly version: number; readonly error: string };
};

type Verdict = Pick<ProjectionFinding, 'kind' | 'fields' | 'fault'>;

/** What is wrong with a row that was read before its stream; undefined: nothing. Pure. */
export function rowVerdict(
  stored: StoredRow | undefined,
  { newest, row: folded, fault }: Expected,
): Verdict | undefined {
  if (!stored) return newest > 0 ? { kind: 'missing' } : undefined;
  if (newest === 0) return { kind: 'orphan' };
  const { row, astray } = stored;
  if (row.version > newest || (row.fault && row.fault.seen > newest)) return { kind: 'ahead' };
  if (fault && fault.version <= row.version)
    return { kind: 'differs', fields: [{ field: 'fault', expected: fault, found: row.fault }] };
  const { fault: stopped, ...body } = row;
  const fields = wrongFields(folded ?? { stream: stored.stream, version: 0 }, body, astray);
  if (fields.length > 0) return { kind: 'differs', fields };
  if (stopped && stopped.version !== row.version + 1)
    return {
      kind: 'differs',
      fields: [{ field: 'fault.version', expected: row.version + 1, found: stopped.version }],
    };
  if (stopped) {
    const unseen = [{ field: 'fault.seen', expected: newest, found: stopped.seen }];
    return { kind: 'faulted', fault: stopped, ...(stopped.seen < newest && { fields: unseen }) };
  }
  if (row.version === newest) return undefined;
  // A fault that somebody has cleared without passing it.
  return {
    kind: 'behind',
    ...(fault?.version === row.version + 1 && { fields: [{ field: 'fault', expected: fault }] }),
  };
}
