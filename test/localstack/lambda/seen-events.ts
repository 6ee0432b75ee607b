import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaBench } from './lambda-bench';

/** Code of a handler that writes `what` (an expression over `event`) down, in the order of what really happened. */
export const writeDown = (what: string): string =>
  `(await import('node:fs')).appendFileSync(process.env.SEEN, JSON.stringify(${what}) + '\\n');`;

/** Environment variables for such a handler. */
export const seenVariable = (bench: LambdaBench): { SEEN: string } => ({ SEEN: join(bench.dir, 'seen.jsonl') });

/**
 * What handlers wrote down, across environments and crashes. (Logs do not tell the order of what happened in several
 * environments.)
 */
// biome-ignore lint/suspicious/noExplicitAny: what the handler wrote.
export function seenEvents(bench: LambdaBench): any[] {
  let text: string;
  try {
    text = readFileSync(seenVariable(bench).SEEN, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
