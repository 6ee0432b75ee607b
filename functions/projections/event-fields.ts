import { isPersonal } from '../application/personal-streams';
import type { RecordedEvent } from '../application/recorded-event';

/**
 * An event that a projection cannot read. It says which field, and what was there; not so of what is about a person: the
 * text goes to logs, rows and the bus.
 */
export class UnreadableEvent extends Error {
  readonly code = 'unreadable-event';

  constructor(event: RecordedEvent, field: string, value: unknown, expected: string) {
    const said = field.startsWith('data') && isPersonal(event.stream) ? 'not shown' : shown(value);
    super(`${event.type} (version ${event.version} of ${event.stream}): ${field} is ${said}, expected ${expected}`);
    this.name = 'UnreadableEvent';
  }
}

export function textOf(event: RecordedEvent, field: string): string {
  const value = event.data[field];
  if (typeof value !== 'string' || value === '') throw new UnreadableEvent(event, `data.${field}`, value, 'text');
  return value;
}

export function optionalTextOf(event: RecordedEvent, field: string): string | undefined {
  return event.data[field] === undefined || event.data[field] === null ? undefined : textOf(event, field);
}

/** A whole number, 0 or more: a quantity, or money in minor units. */
export function wholeOf(event: RecordedEvent, field: string): number {
  const value = event.data[field];
  if (!isWhole(value)) throw new UnreadableEvent(event, `data.${field}`, value, 'a whole number, 0 or more');
  return value;
}

export function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
