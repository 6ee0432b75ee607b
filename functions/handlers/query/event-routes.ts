import type { Hono } from 'hono';
import { canonicalType, eventTypes, typesNear } from '../../application/catalogue';
import { bodiesOf } from '../../application/queries/event-bodies';
import type { FeedRow } from '../../application/read-models/feed-row';
import { HttpProblem, invalid } from '../http/problem';
import { refuseConsistency } from './consistency';
import { listAnswer } from './list-answer';
import { pageRequest, parameters, pathId } from './parameters';
import type { QueryPorts } from './ports';

const instead = 'the feed follows the streams within moments; ask for /orders/{id}/events';

/** Events across all streams: newest recorded first, by type, by id, by the story they belong to. */
export function eventRoutes(app: Hono, { feed, events }: QueryPorts): void {
  app.get('/events', async (context) => {
    refuseConsistency(context, instead);
    const given = parameters(context, 'type', 'limit', 'cursor');
    const type = given.type === undefined ? undefined : typeOf(given.type);
    const list = type === undefined ? 'events' : `events?type=${type}`;
    const request = pageRequest(given, list);
    const page = await (type === undefined ? feed.newest(request) : feed.byType(type, request));
    return context.json(listAnswer(list, await bodiesOf(events, page)));
  });

  // An id is the producer's own and may have slashes in it.
  app.get('/events/:id{.+}', async (context) => {
    refuseConsistency(context, instead);
    const id = pathId(context, 'id');
    const { source, stream } = parameters(context, 'source', 'stream');
    const rows = (await feed.byId(id)).filter(
      (row) => (source === undefined || row.source === source) && (stream === undefined || row.stream === stream),
    );
    const [row, another] = rows;
    if (another !== undefined) throw ambiguous(id, rows);
    const [body] = row ? (await bodiesOf(events, { items: [row] })).items : [];
    if (body === undefined)
      throw new HttpProblem(404, 'not-found', `the feed has no event ${id}${ofWhat(source, stream)}`);
    context.header('etag', `"${body.version}"`);
    return context.json(body);
  });

  app.get('/correlations/:id{.+}', async (context) => {
    refuseConsistency(context, instead);
    const id = pathId(context, 'id');
    const list = `correlations/${id}`;
    const page = await feed.byCorrelation(id, pageRequest(parameters(context, 'limit', 'cursor'), list));
    return context.json(listAnswer(list, await bodiesOf(events, page)));
  });
}

/** The catalogue's name for a type, by any of its aliases. */
function typeOf(name: string): string {
  const type = canonicalType(name);
  if (type !== undefined) return type;
  const near = typesNear(name);
  const expected = `one of ${(near.length > 0 ? near : eventTypes).join(', ')}`;
  throw invalid({ field: 'type', value: name, expected });
}

/** Ids are unique per source only (CloudEvents): 300, with the choices. */
function ambiguous(id: string, rows: readonly FeedRow[]): HttpProblem {
  const choices = rows.map(({ source, stream, version, type }) => {
    const query = new URLSearchParams({ source, stream });
    return { source, stream, version, type, href: `/events/${encodeURIComponent(id)}?${query}` };
  });
  return new HttpProblem(300, 'ambiguous-id', `${rows.length} events have the id ${id}; say which by source`, {
    choices,
  });
}

function ofWhat(source: string | undefined, stream: string | undefined): string {
  return `${source === undefined ? '' : ` of source ${source}`}${stream === undefined ? '' : ` in ${stream}`}`;
}
