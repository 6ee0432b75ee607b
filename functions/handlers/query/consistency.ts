import type { Context } from 'hono';
import { waitForVersion } from '../../application/queries/wait-for-version';
import type { Place } from '../../application/read-models/feed-row';
import { HttpProblem, invalid } from '../http/problem';
import type { QueryPorts } from './ports';

const header = 'If-Consistent';

/**
 * `If-Consistent: <stream>@<version>`: the answer must know this version of this stream, as a writer knows it from the
 * command's answer. Waits for the projection for two seconds; then 412, with how far it is.
 */
export async function awaitConsistency(context: Context, ports: QueryPorts): Promise<void> {
  const value = context.req.header(header);
  if (value === undefined) return;
  const place = placeOf(value, ports);
  const waited = await waitForVersion(ports.rows, place, ports.effects);
  if (waited.kind === 'reached') return;
  const reached = waited.row?.version ?? 0;
  const why = waited.row?.fault
    ? `a fault holds the projection at version ${reached}`
    : `the projection is at version ${reached}`;
  throw new HttpProblem(
    412,
    'projection-behind',
    `${place.stream} has not reached version ${place.version}: ${why}`,
    { ...place, reached, ...(waited.row?.fault ? { fault: waited.row.fault } : {}) },
    waited.row?.fault ? {} : { 'retry-after': '1' },
  );
}

/** For answers that do not come from a stream's row: they could not keep the promise. */
export function refuseConsistency(context: Context, instead: string): void {
  const value = context.req.header(header);
  if (value !== undefined) throw invalid({ field: header, value, expected: `no such header here: ${instead}` });
}

function placeOf(value: string, { projections }: QueryPorts): Place {
  const [, stream = '', version = ''] = /^(.+)@([1-9]\d{0,14})$/.exec(value.trim()) ?? [];
  if (projections.some(({ prefix }) => stream.startsWith(prefix) && stream.length > prefix.length)) {
    return { stream, version: Number(version) };
  }
  throw invalid({ field: header, value, expected: '<stream>@<version>, such as order#42@3' });
}
