import type { Context, Hono } from 'hono';
import { toldEvents } from '../../application/queries/changes';
import { type Moment, type PastState, subjectAt } from '../../application/queries/subject-at';
import { userBody } from '../../application/queries/user-body';
import type { Projection } from '../../application/read-models/projection';
import { hasBody, type ViewRow } from '../../application/read-models/rows';
import { HttpProblem, invalid, isHttpProblem } from '../http/problem';
import { awaitRow, refuseConsistency, type Stale, staleness, type Wanted, wantedOf } from './consistency';
import { listAnswer } from './list-answer';
import { askedGeneration } from './list-generation';
import { type Parameters, pageRequest, parameters, pathId, pointInTime, wholeNumber } from './parameters';
import type { QueryPorts } from './ports';

/** What is found below one path: by its id, from the row of its stream. */
type Subject<Row extends ViewRow> = {
  readonly path: string;
  readonly noun: string;
  readonly idField: keyof Row & string;
  readonly projection: Projection<Row>;
  /** The row as readers are shown it. */
  readonly bodyOf: (row: Row) => Row | Promise<Row>;
};

/** One subject of that kind, as a request names it. */
type Asked<Row extends ViewRow> = Subject<Row> & {
  readonly id: string;
  readonly stream: string;
  /** `order o-1`, for messages. */
  readonly name: string;
};

/** One order, one user, one SKU: from its row, or folded from its stream; and its events. */
export function subjectRoutes(app: Hono, ports: QueryPorts): void {
  const { orders, users, inventory, vault } = ports;
  const asIs = <Row>(row: Row): Row => row;
  routesOf(app, ports, { path: 'orders', noun: 'order', idField: 'orderId', projection: orders, bodyOf: asIs });
  routesOf(app, ports, {
    path: 'users',
    noun: 'user',
    idField: 'userId',
    projection: users,
    bodyOf: (user) => userBody(user, vault),
  });
  routesOf(app, ports, { path: 'inventory', noun: 'SKU', idField: 'sku', projection: inventory, bodyOf: asIs });
}

function routesOf<Row extends ViewRow>(app: Hono, ports: QueryPorts, subject: Subject<Row>): void {
  const asked = (context: Context): Asked<Row> => {
    const id = pathId(context, 'id');
    return { ...subject, id, stream: `${subject.projection.prefix}${id}`, name: `${subject.noun} ${id}` };
  };
  app.get(`/${subject.path}/:id`, (context) => answer(context, ports, asked(context)));
  app.get(`/${subject.path}/:id/events`, (context) => events(context, ports, asked(context)));
}

async function answer<Row extends ViewRow>(context: Context, ports: QueryPorts, asked: Asked<Row>): Promise<Response> {
  const given = parameters(context, 'version', 'asOf', 'consistent', 'generation');
  const moment = momentOf(given);
  if (moment !== undefined && moment.kind !== 'latest') refuseConsistency(context, 'version and asOf read the past');
  if (given.generation !== undefined)
    return shown(context, asked, await copyOf(context, ports, asked, given.generation, moment));
  const wanted = wantedOf(context, asked.stream);
  if (wanted) return fresh(context, ports, asked, wanted, moment !== undefined);
  const row = moment
    ? found(asked, moment, await folded(ports, asked, moment))
    : shownOf(asked, (await ports.rows.getMany([asked.stream])).get(asked.stream) as Row | undefined);
  return shown(context, asked, row);
}

/** The row of one generation, such as one that is to be looked at before it is shown to everybody. */
async function copyOf<Row extends ViewRow>(
  context: Context,
  { copies, generations }: QueryPorts,
  asked: Asked<Row>,
  text: string,
  moment: Moment | undefined,
): Promise<Row> {
  refuseConsistency(context, 'a generation is shown as it is');
  if (moment) {
    throw invalid({ field: 'generation', value: text, expected: 'no version, asOf or consistent beside it' });
  }
  const generation = await askedGeneration(generations, asked.projection.name, text);
  const [placed] = generation === undefined ? [] : await copies.getMany([{ stream: asked.stream, generation }]);
  return shownOf(asked, placed?.row as Row | undefined);
}

/** At least the version that is wanted, or the newest there is under a flag that says so. */
async function fresh<Row extends ViewRow>(
  context: Context,
  ports: QueryPorts,
  asked: Asked<Row>,
  wanted: Wanted,
  fold: boolean,
): Promise<Response> {
  const row = (await awaitRow(ports, wanted)) as Row | undefined;
  if (row && row.version >= wanted.version) return shown(context, asked, row);
  if (!fold) return stale(context, asked, row, staleness(wanted, row?.version ?? 0, row?.fault));
  const state = await folded(ports, asked, { kind: 'latest' }).catch((error: unknown) => {
    if (row?.fault && isHttpProblem(error)) return undefined;
    throw error;
  });
  if (state === undefined) return stale(context, asked, row, staleness(wanted, row?.version ?? 0, row?.fault));
  const now = state.kind === 'found' ? state.row : undefined;
  if (now && now.version >= wanted.version) return shown(context, asked, now);
  return stale(context, asked, now, staleness(wanted, now?.version ?? 0, undefined));
}

async function shown<Row extends ViewRow>(context: Context, { bodyOf }: Asked<Row>, row: Row): Promise<Response> {
  context.header('etag', `"${row.version}"`);
  return context.json(await bodyOf(row));
}

/** 202: what is asked for is on its way. Nobody is to keep this answer for another. */
async function stale<Row extends ViewRow>(
  context: Context,
  { idField, id, bodyOf }: Asked<Row>,
  row: Row | undefined,
  flag: Stale,
): Promise<Response> {
  context.header('cache-control', 'no-store');
  if (!flag.fault) context.header('retry-after', '1');
  const body = row && hasBody(row) ? await bodyOf(row) : { [idField]: id };
  return context.json({ ...body, stale: flag }, 202);
}

async function events<Row extends ViewRow>(
  context: Context,
  ports: QueryPorts,
  { path, id, stream, name, projection }: Asked<Row>,
): Promise<Response> {
  refuseConsistency(context, 'the events of a stream are always read consistently');
  const list = `${path}/${id}/events`;
  const page = pageRequest(parameters(context, 'limit', 'cursor'), list);
  if (page.after !== undefined) wholeNumber('cursor', page.after, 1);
  const told = await toldEvents(ports.events, projection, stream, page);
  if (told.items.length === 0 && page.after === undefined) throw notFound(name);
  return context.json(listAnswer(list, told));
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

function shownOf<Row extends ViewRow>({ name }: Asked<Row>, row: Row | undefined): Row {
  if (row === undefined) throw notFound(name);
  if (hasBody(row)) return row;
  throw new HttpProblem(503, 'projection-faulted', `${name} cannot be shown: ${row.fault?.error}`, {
    fault: row.fault,
  });
}

function folded<Row extends ViewRow>(
  { events }: QueryPorts,
  { projection, stream }: Asked<Row>,
  moment: Moment,
): Promise<PastState<Row>> {
  return subjectAt(events, projection, stream, moment).catch(unreadable);
}

function found<Row extends ViewRow>({ name }: Asked<Row>, moment: Moment, state: PastState<Row>): Row {
  if (state.kind === 'found') return state.row;
  if (state.kind === 'beyond') {
    throw new HttpProblem(404, 'not-found', `${name} has only ${state.versions} versions`, {
      versions: state.versions,
    });
  }
  throw moment.kind === 'time' ? notFound(`${name} at ${moment.at}`) : notFound(name);
}

function unreadable(error: unknown): never {
  const { code } = error as { readonly code?: unknown };
  if (error instanceof Error && (code === 'unreadable-event' || code === 'newer-event')) {
    throw new HttpProblem(503, 'unreadable-event', error.message);
  }
  throw error;
}

function notFound(what: string): HttpProblem {
  return new HttpProblem(404, 'not-found', `there is no ${what}`);
}
