import type { Context, Hono } from 'hono';
import { streamEvents } from '../../application/queries/stream-events';
import { type Moment, subjectAt } from '../../application/queries/subject-at';
import { userBody } from '../../application/queries/user-body';
import type { Projection } from '../../application/read-models/projection';
import { hasBody, type ViewRow } from '../../application/read-models/rows';
import { HttpProblem, invalid } from '../http/problem';
import { awaitConsistency, refuseConsistency } from './consistency';
import { listAnswer } from './list-answer';
import { type Parameters, pageRequest, parameters, pathId, pointInTime, wholeNumber } from './parameters';
import type { QueryPorts } from './ports';

/** One order, one user, one SKU: from its row, or folded from its stream. */
export function subjectRoutes(app: Hono, ports: QueryPorts): void {
  const { orders, users, inventory, vault } = ports;
  app.get('/orders/:orderId', (context) => subject(context, ports, orders, 'order', pathId(context, 'orderId')));
  app.get('/users/:userId', (context) =>
    subject(context, ports, users, 'user', pathId(context, 'userId'), (user) => userBody(user, vault)),
  );
  app.get('/inventory/:sku', (context) => subject(context, ports, inventory, 'SKU', pathId(context, 'sku')));
  app.get('/orders/:orderId/events', async (context) => {
    const orderId = pathId(context, 'orderId');
    refuseConsistency(context, 'the events of a stream are always read consistently');
    const list = `orders/${orderId}/events`;
    const page = pageRequest(parameters(context, 'limit', 'cursor'), list);
    if (page.after !== undefined) wholeNumber('cursor', page.after, 1);
    const events = await streamEvents(ports.events, `order#${orderId}`, page);
    if (events.items.length === 0 && page.after === undefined) throw notFound(`order ${orderId}`);
    return context.json(listAnswer(list, events));
  });
}

async function subject<Row extends ViewRow>(
  context: Context,
  ports: QueryPorts,
  projection: Projection<Row>,
  noun: string,
  id: string,
  bodyOf: (row: Row) => Row | Promise<Row> = (row) => row,
): Promise<Response> {
  const stream = `${projection.prefix}${id}`;
  const name = `${noun} ${id}`;
  const moment = momentOf(parameters(context, 'version', 'asOf', 'consistent'));
  if (moment) refuseConsistency(context, 'version, asOf and consistent read the stream itself');
  else await awaitConsistency(context, ports);
  const row = moment
    ? await folded(ports, projection, stream, moment, name)
    : await projected<Row>(ports, stream, name);
  context.header('etag', `"${row.version}"`);
  return context.json(await bodyOf(row));
}

/** Which past is asked for; undefined: none, the row will do. */
function momentOf({ version, asOf, consistent }: Parameters): Moment | undefined {
  const given = Object.entries({ version, asOf, consistent }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    const field = given.map(([name]) => name).join(', ');
    throw invalid({ field, value: given.map(([, value]) => value), expected: 'only one of version, asOf, consistent' });
  }
  if (version !== undefined) return { kind: 'version', version: wholeNumber('version', version, 1) };
  if (asOf !== undefined) return { kind: 'time', at: pointInTime('asOf', asOf) };
  if (consistent === undefined || consistent === 'false') return undefined;
  if (consistent === 'true') return { kind: 'latest' };
  throw invalid({ field: 'consistent', value: consistent, expected: 'true or false' });
}

async function projected<Row extends ViewRow>(ports: QueryPorts, stream: string, name: string): Promise<Row> {
  const row = (await ports.rows.getMany([stream])).get(stream) as Row | undefined;
  if (row === undefined) throw notFound(name);
  if (hasBody(row)) return row;
  throw new HttpProblem(503, 'projection-faulted', `${name} cannot be shown: ${row.fault?.error}`, {
    fault: row.fault,
  });
}

async function folded<Row extends ViewRow>(
  ports: QueryPorts,
  projection: Projection<Row>,
  stream: string,
  moment: Moment,
  name: string,
): Promise<Row> {
  const state = await subjectAt(ports.events, projection, stream, moment).catch(unreadable);
  if (state.kind === 'found') return state.row;
  if (state.kind === 'beyond') {
    throw new HttpProblem(404, 'not-found', `${name} has only ${state.versions} versions`, {
      versions: state.versions,
    });
  }
  throw moment.kind === 'time' ? notFound(`${name} at ${moment.at}`) : notFound(name);
}

function unreadable(error: unknown): never {
  if (error instanceof Error && (error as { code?: unknown }).code === 'unreadable-event') {
    throw new HttpProblem(503, 'unreadable-event', error.message);
  }
  throw error;
}

function notFound(what: string): HttpProblem {
  return new HttpProblem(404, 'not-found', `there is no ${what}`);
}
