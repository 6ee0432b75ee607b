import type { Context } from 'hono';
import { waitForVersion } from '../../application/queries/wait-for-version';
import type { Fault, ViewRow } from '../../application/read-models/rows';
import { invalid } from '../http/problem';
import type { QueryPorts } from './ports';
import { preferredWait } from './prefer';

const header = 'If-Consistent';
/** How long to wait for the projection when nothing is said, and at most: half of the function's time. In seconds. */
const usualWait = 2;
const longestWait = 7;

/** What a reader knows of a stream, from the answer to a command, and wants to see. */
export type Wanted = { readonly stream: string; readonly version: number; readonly waitMs: number };

/** What an answer says that is older than what was asked for. */
export type Stale = {
  readonly stream: string;
  readonly wanted: number;
  readonly reached: number;
  /** What holds the row up: waiting does not help before it is repaired. */
  readonly fault?: Fault;
};

/**
 * `If-Consistent: <stream>@<version>`: the answer must know this version of this stream. `Prefer: wait=<seconds>` says how
 * long that may take. Only of the stream that is asked for can it be promised.
 */
export function wantedOf(context: Context, stream: string): Wanted | undefined {
  const value = context.req.header(header);
  if (value === undefined) return undefined;
  const [, named = '', version = ''] = /^(.+)@([1-9]\d{0,14})$/.exec(value.trim()) ?? [];
  if (named !== stream && decoded(named) !== stream) {
    throw invalid({ field: header, value, expected: `${stream}@<version>, the stream that is asked for` });
  }
  const preferred = preferredWait(context.req.header('Prefer'));
  const wait = Math.min(preferred ?? usualWait, longestWait);
  if (preferred !== undefined) context.header('preference-applied', `wait=${wait}`);
  return { stream, version: Number(version), waitMs: wait * 1_000 };
}

/** The row when it has what is wanted, or as it is when the time is over. */
export function awaitRow({ rows, effects }: QueryPorts, wanted: Wanted): Promise<ViewRow | undefined> {
  return waitForVersion(rows, wanted, wanted.waitMs, effects);
}

export function staleness({ stream, version }: Wanted, reached: number, fault: Fault | undefined): Stale {
  return { stream, wanted: version, reached, ...(fault && { fault }) };
}

/** For answers that do not come from a stream's row: they could not keep the promise. */
export function refuseConsistency(context: Context, instead: string): void {
  const value = context.req.header(header);
  if (value !== undefined) throw invalid({ field: header, value, expected: `no such header here: ${instead}` });
}

/** A header has no room for characters beyond ASCII: there the stream is written as in a URL. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
