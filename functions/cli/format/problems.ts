import type { Problem } from '../../application/ports';
import { columns } from './columns';

/** What is wrong with an event, a line each: field, value, what would be right. */
export const problemList = (problems: readonly Problem[]): string =>
  columns(problems.map(({ field, value, expected }) => [`  ${field}`, `is ${shown(value)}`, `expected: ${expected}`]));

const LONGEST = 80;

function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
