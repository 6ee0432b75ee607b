import type { HttpReply, HttpRequest } from '../../core/http';
import type { Hop } from '../../core/trace';
import type { Controls } from './controls';
import { BadRequest, json, text } from './reply';

/** The value is looked for wherever it stands: the names only say what the asker means. */
const NAMES = ['about', 'event', 'correlation', 'order', 'id'];
const DEFAULT_LIMIT = 100;

/**
 * `GET /_cloud/trace?order=o-1` (or `event`, `correlation`, `about`): the way of whatever that names, hop by hop. Without a
 * name the newest hops, at most `limit`. `format=text`: as a tree for people. `DELETE`: forgets.
 */
export function trace(request: HttpRequest, { trace }: Controls): HttpReply {
  if (request.method === 'DELETE') {
    trace.clear();
    return json(200, { hops: [] });
  }
  const { query } = request;
  for (const name of query.keys()) {
    if (![...NAMES, 'limit', 'format'].includes(name)) {
      throw new BadRequest(`unknown parameter ${name}; there are ${NAMES.join(', ')}, limit and format=text`);
    }
  }
  const value = NAMES.map((name) => query.get(name)).find((one) => one !== null);
  if (value === '') throw new BadRequest('what to look for is empty; give e.g. ?order=o-1');
  const limit = Number(query.get('limit') ?? (value == null ? DEFAULT_LIMIT : Number.MAX_SAFE_INTEGER));
  if (!Number.isInteger(limit) || limit < 1)
    throw new BadRequest(`limit is ${query.get('limit')}; give a number above 0`);
  const hops = value == null ? trace.latest(limit) : trace.find(value).slice(-limit);
  return query.get('format') === 'text' ? text(tree(hops)) : json(200, { hops: hops.map(shown) });
}

function shown({ startedAt, endedAt, ...hop }: Hop): object {
  return {
    ...hop,
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString(), ms: endedAt - startedAt }),
  };
}

/** One line for each hop, below its first cause. */
function tree(hops: readonly Hop[]): string {
  const known = new Set(hops.map(({ id }) => id));
  const below = new Map<string | undefined, Hop[]>();
  for (const hop of hops) {
    const cause = hop.causes.find((id) => known.has(id));
    below.set(cause, [...(below.get(cause) ?? []), hop]);
  }
  const rows: { time: string; ms: string; what: string; outcome: string }[] = [];
  const add = (hop: Hop, depth: number) => {
    rows.push({
      time: new Date(hop.startedAt).toISOString().slice(11, 23),
      ms: hop.endedAt === undefined ? '…' : `${hop.endedAt - hop.startedAt} ms`,
      what: `${'  '.repeat(depth)}${hop.service}:${hop.operation} ${nameOf(hop.target)}  (${nameOf(hop.by)})`,
      outcome: [hop.outcome ?? 'under way', hop.error].filter(Boolean).join(': '),
    });
    for (const next of below.get(hop.id) ?? []) add(next, depth + 1);
  };
  for (const hop of below.get(undefined) ?? []) add(hop, 0);
  const width = Math.max(0, ...rows.map(({ what }) => what.length));
  return rows
    .map(({ time, ms, what, outcome }) => `${time}  ${ms.padStart(8)}  ${what.padEnd(width)}  ${outcome}\n`)
    .join('');
}

/** What of an ARN people need. */
const nameOf = (arn: string): string => (arn.startsWith('arn:') ? arn.split(':').slice(5).join(':') : arn);
