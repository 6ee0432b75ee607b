import type { Change, ToldEvent } from '../../application/queries/changes';
import { table } from './columns';

const titles = [
  { title: 'version', right: true },
  ...['recorded', 'event', 'field', 'before', 'after'].map((title) => ({ title })),
];

/** A line for each change, the first beside the event that made it. */
export function historyText(events: readonly ToldEvent[]): string {
  const rows = events.flatMap((event) => {
    const about = [`${event.version}`, event.recordedAt, event.type];
    const lines = event.changes ? event.changes.map(cells) : [['cannot be told', '', event.unreadable]];
    return (lines.length > 0 ? lines : [[]]).map((line, index) => [...(index === 0 ? about : ['', '', '']), ...line]);
  });
  return table(titles, rows);
}

const cells = ({ field, before, after }: Change): string[] => [field, shown(before), shown(after)];

const longest = 60;

function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
