import type { Mark } from '../../application/insights/ledger';
import { type Passage, passage, type Visit } from '../../application/insights/transitions';

/** What counting a version makes of a mark, and the passages that are known by it. */
export type Marked = { readonly mark: Mark; readonly passages: readonly Passage[] };

/**
 * Notes that a version of a stream has been counted; undefined: it had been before. A passage is known as soon as the
 * visits at both its ends are, whichever of them comes last. Pure.
 */
export function marked(before: Mark | undefined, stream: string, version: number, visit: Visit): Marked | undefined {
  const { revision, upTo, last, ahead } = before ?? { revision: 0, upTo: 0, last: undefined, ahead: new Map() };
  if (version <= upTo || ahead.has(version)) return undefined;
  const visits = new Map<number, Visit>([...ahead, [version, visit]]);
  if (last) visits.set(upTo, last);

  const passages: Passage[] = [];
  const previous = visits.get(version - 1);
  const next = visits.get(version + 1);
  if (previous || version === 1) passages.push(passage(previous, visit));
  if (next) passages.push(passage(visit, next));

  let reached = upTo;
  while (visits.has(reached + 1)) reached += 1;
  const newest = visits.get(reached);
  return {
    mark: {
      stream,
      revision: revision + 1,
      upTo: reached,
      ...(newest && { last: newest }),
      ahead: new Map([...visits].filter(([at]) => at > reached)),
    },
    passages,
  };
}
