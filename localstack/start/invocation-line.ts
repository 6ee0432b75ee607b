import type { InvocationNote } from '../cloud/core/registry';

/** One aligned line for one finished invocation: time, function, trigger, batch size, duration, outcome. */
export function invocationLine(note: InvocationNote, at: Date, name: (functionName: string) => string): string {
  const time = at.toISOString().slice(11, 23);
  const trigger = note.records === undefined ? note.trigger : `${note.trigger} ×${note.records}`;
  const duration = `${note.duration.toFixed(note.duration < 10 ? 1 : 0)} ms`;
  const outcome = note.outcome === 'ok' ? 'ok' : `${note.outcome.toUpperCase()} ${note.error ?? ''}`.trimEnd();
  return `${time}  ${name(note.functionName).padEnd(29)} ${trigger.padEnd(13)} ${duration.padStart(8)}  ${outcome}${
    note.cold ? '  (cold start)' : ''
  }`;
}
