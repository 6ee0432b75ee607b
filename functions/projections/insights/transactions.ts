import { type Count, LEDGER_LIMIT, type Mark, type MarkChange } from '../../application/insights/ledger';
import { MergedCounts } from '../../application/insights/merged-counts';
import type { OrderFact } from '../../application/insights/order-fact';
import { effectsOf, visitOf } from './effects-of';
import type { InsightsFold } from './insights';
import { marked } from './mark';

/** Facts of one stream, each version once. */
export type Portion = { readonly stream: string; readonly facts: readonly OrderFact[] };

/** What is written together, and the facts that are counted by it. */
export type Transaction = {
  readonly portions: readonly Portion[];
  readonly changes: readonly MarkChange[];
  readonly counts: readonly Count[];
};

export type Counting = {
  readonly generation: number;
  readonly fold: InsightsFold;
  readonly now: Date;
  /** What a fact counts for beside the insights. */
  readonly beside: (fact: OrderFact) => readonly Count[];
};

type Draft = { portions: Portion[]; changes: Map<string, MarkChange>; counts: MergedCounts };

/** A portion, its mark as it becomes, and what is counted with it. */
type Part = { readonly portion: Portion; readonly change: MarkChange; readonly counts: readonly Count[] };

/**
 * Works out what facts add to what has been counted, in as few transactions as hold it. A stream is in one of them if it fits
 * into one; else its facts are spread over several, which then follow each other. Facts that have been counted are left out.
 */
export function transactionsOf(
  portions: readonly Portion[],
  marks: ReadonlyMap<string, Mark>,
  counting: Counting,
): readonly Transaction[] {
  const drafts: Draft[] = [];
  for (const portion of portions) {
    const mark = marks.get(portion.stream);
    const whole = partOf(portion, mark, counting);
    if (whole === undefined) continue;
    if (put(drafts, whole)) continue;
    let before = mark;
    for (const fact of portion.facts) {
      const part = partOf({ ...portion, facts: [fact] }, before, counting);
      if (part === undefined) continue;
      // Alone a fact always goes: the domain bounds the lines of an order. What is larger the store refuses.
      if (!put(drafts, part)) drafts.push(draftOf(part));
      before = part.change.after;
    }
  }
  return drafts.map(({ portions: counted, changes, counts }) => ({
    portions: counted,
    changes: [...changes.values()],
    counts: counts.all,
  }));
}

/** Undefined: all of it has been counted. */
function partOf(portion: Portion, before: Mark | undefined, counting: Counting): Part | undefined {
  const { generation, fold, now, beside } = counting;
  const counts = new MergedCounts();
  const facts: OrderFact[] = [];
  let mark = before;
  for (const fact of portion.facts) {
    const outcome = marked(mark, fact.stream, fact.version, visitOf(fact));
    if (outcome === undefined) continue;
    mark = outcome.mark;
    facts.push(fact);
    counts.add(effectsOf(fold, fact, outcome.passages, now).map((increment) => ({ generation, increment })));
    counts.add(beside(fact));
  }
  if (mark === undefined || facts.length === 0) return undefined;
  // One write, however many facts: one more than the revision that was read.
  const after = { ...mark, revision: (before?.revision ?? 0) + 1 };
  return { portion: { ...portion, facts }, change: { before, after }, counts: counts.all };
}

/** Puts a part into the last transaction, or a new one. False: it is too large for any. */
function put(drafts: Draft[], part: Part): boolean {
  const last = drafts.at(-1);
  // Of one stream a transaction takes one part: the next one builds on it.
  if (last && !last.changes.has(part.change.after.stream)) {
    if (last.changes.size + 1 + last.counts.sizeWith(part.counts) <= LEDGER_LIMIT) {
      last.portions.push(part.portion);
      last.changes.set(part.change.after.stream, part.change);
      last.counts.add(part.counts);
      return true;
    }
  }
  if (1 + part.counts.length > LEDGER_LIMIT) return false;
  drafts.push(draftOf(part));
  return true;
}

function draftOf({ portion, change, counts }: Part): Draft {
  const merged = new MergedCounts();
  merged.add(counts);
  return { portions: [portion], changes: new Map([[change.after.stream, change]]), counts: merged };
}
