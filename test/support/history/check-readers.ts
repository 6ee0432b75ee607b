import type { ProjectionFinding } from '../../../functions/application/verify/findings';
import { bodyOf } from './check-answers';
import type { Ledger, Violation } from './ledger';
import type { State } from './model';

/** What the system tells of itself, under the source of the facts. */
const SYSTEM_EVENTS: ReadonlySet<string> = new Set(['EventRejected', 'ProjectionFaulted', 'DeadLettered']);

/**
 * Every recorded event became a fact and a row of the feed, and nothing else did; each row of Views is its stream's fold, by
 * the model here and by the checker that operators have.
 */
export function checkReaders(ledger: Ledger): Violation[] {
  return [...checkFacts(ledger), ...checkRows(ledger), ...ledger.evidence.verified.map(foundByTheProduct)];
}

function foundByTheProduct({ projection, stream, kind, version, newest, fields, fault }: ProjectionFinding): Violation {
  const detail = JSON.stringify({ version, newest, fields, fault });
  return { promise: 'orderstream projection verify finds nothing', stream, what: `${projection} ${kind} ${detail}` };
}

function checkFacts(ledger: Ledger): Violation[] {
  const published = new Set<string>();
  const found: Violation[] = [];
  for (const { type, detail } of ledger.evidence.facts) {
    if (SYSTEM_EVENTS.has(type)) continue;
    const stream = String(detail.partitionkey);
    const recorded = ledger.entries(stream)[Number(detail.sequence) - 1]?.recorded;
    if (recorded?.type === type && recorded.id === detail.originid && recorded.source === detail.originsource)
      published.add(`${stream}@${detail.sequence}`);
    else
      found.push({
        promise: 'facts are true',
        stream,
        what: `version ${detail.sequence} was published as ${type} ${detail.originid}`,
      });
  }
  const fed = new Set(
    ledger.evidence.views.flatMap(({ pk, stream, version }) =>
      String(pk).startsWith('event#') ? [`${stream}@${version}`] : [],
    ),
  );
  for (const [stream, entries] of ledger.streams())
    for (const { recorded } of entries) {
      const place = `${stream}@${recorded.version}`;
      const what = `version ${recorded.version}, ${recorded.type} ${recorded.id}`;
      if (!published.has(place)) found.push({ promise: 'every event becomes a fact', stream, what });
      if (!fed.has(place)) found.push({ promise: 'every event is in the feed', stream, what });
      fed.delete(place);
    }
  for (const place of fed) found.push({ promise: 'nothing extra', stream: place, what: 'it is in the feed only' });
  return found;
}

function checkRows(ledger: Ledger): Violation[] {
  const rows = new Map(ledger.evidence.views.flatMap((row) => (row.sk === 'summary@1' ? [[String(row.pk), row]] : [])));
  const found: Violation[] = [];
  for (const [stream, entries] of ledger.streams()) {
    const row = rows.get(stream);
    rows.delete(stream);
    const expected = { ...bodyOf(ledger.states(stream).at(-1) as State), version: entries.length, fault: undefined };
    const wrong = Object.entries(expected).filter(([name, value]) => row?.[name] !== value);
    for (const [name, value] of wrong)
      found.push({
        promise: 'each row is the fold of its stream',
        stream,
        what: `${name} is ${JSON.stringify(row?.[name])}, by the model ${JSON.stringify(value)}`,
      });
  }
  for (const stream of rows.keys())
    found.push({ promise: 'nothing extra', stream, what: 'it has a row, and no event' });
  return found;
}
