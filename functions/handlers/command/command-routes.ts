import type { Context } from 'hono';
import { COMMAND_SOURCE, catalogue, type EventType, streamOf } from '../../application/catalogue';
import type { CommandResult } from '../../application/execute-command';
import type { IncomingEvent } from '../../application/incoming-event';
import type { JsonObject } from '../../application/json';
import { checkPayload, subjectField } from '../../application/payload-schemas';
import type { LoadedStream } from '../../application/ports';
import type { Projection } from '../../application/read-models/projection';
import type { ViewRow } from '../../application/read-models/rows';
import { storageProblems } from '../../application/storable';
import { inventoryLevel } from '../../projections/inventory-level';
import { orderSummary } from '../../projections/order-summary';
import { userProfile } from '../../projections/user-profile';
import { HttpProblem, invalid } from '../http/problem';
import type { CommandApiPorts } from './ports';
import { callerOf, idempotencyKey, jsonBody, matchedVersions, type Route, traceparent } from './request';

type CommandRoute = Pick<Route, 'method' | 'path'> & {
  readonly type: EventType;
  /** Makes a new subject: its id may be left to us, and the answer is 201. */
  readonly creates?: true;
};

/** Each command asks for one event to happen. */
const commands: readonly CommandRoute[] = [
  { method: 'POST', path: '/orders', type: 'OrderCreated', creates: true },
  { method: 'POST', path: '/orders/:id/confirm', type: 'OrderConfirmed' },
  { method: 'POST', path: '/orders/:id/pay', type: 'OrderPaid' },
  { method: 'POST', path: '/orders/:id/ship', type: 'OrderShipped' },
  { method: 'POST', path: '/orders/:id/deliver', type: 'OrderDelivered' },
  { method: 'POST', path: '/orders/:id/cancel', type: 'OrderCancelled' },
  { method: 'POST', path: '/inventory/:id/stock', type: 'StockAdded' },
  { method: 'POST', path: '/users', type: 'UserCreated', creates: true },
  { method: 'PATCH', path: '/users/:id', type: 'UserUpdated' },
  { method: 'DELETE', path: '/users/:id', type: 'UserDeleted' },
];

/** How each aggregate is shown and where it is found; the bodies are those of the query API. */
const resources = {
  order: { collection: 'orders', bodyOf: (history: LoadedStream) => folded(orderSummary, history) },
  inventory: { collection: 'inventory', bodyOf: (history: LoadedStream) => folded(inventoryLevel, history) },
  user: { collection: 'users', bodyOf: (history: LoadedStream) => folded(userProfile, history) },
} as const;

function folded<Row extends ViewRow>(projection: Projection<Row>, { events, snapshot }: LoadedStream): Row | undefined {
  const [first, ...later] = events;
  if (!snapshot || !first)
    return events.reduce<Row | undefined>((row, event) => projection.fold(row, event), undefined);
  if (!projection.fromSnapshot) throw new Error(`${projection.name} does not begin with a snapshot`);
  return later.reduce((row, event) => projection.fold(row, event), projection.fromSnapshot(first, snapshot));
}

export function commandRoutes(ports: CommandApiPorts): readonly Route[] {
  return commands.map((command) => ({ ...command, answer: (context) => run(ports, command, context) }));
}

async function run(ports: CommandApiPorts, command: CommandRoute, context: Context): Promise<Response> {
  const key = idempotencyKey(context);
  const onVersions = matchedVersions(context);
  const event = eventOf(ports, command, context, await jsonBody(context), key);
  const result = await ports.execute({ event, by: callerOf(context), ...(onVersions && { onVersions }) });
  ports.telemetry.count(METRICS[result.kind]);
  return answerOf(command, event, result);
}

const METRICS = {
  accepted: 'CommandsAccepted',
  unchanged: 'CommandsAccepted',
  refused: 'CommandsRefused',
  busy: 'CommandsBusy',
} as const;

function eventOf(
  { effects, derivedId }: CommandApiPorts,
  { type, creates }: CommandRoute,
  context: Context,
  body: JsonObject,
  key: string | undefined,
): IncomingEvent {
  const { aggregate, schemaVersion } = catalogue[type];
  const field = subjectField[aggregate];
  const given = body[field];
  const inPath = context.req.param('id');
  if (inPath !== undefined && given !== undefined && given !== inPath)
    throw invalid({ field, value: given, expected: `${inPath}, as in the path, or nothing` });
  const subject = inPath ?? given ?? (creates && (key ? derivedId(`${aggregate} ${key}`) : effects.newId()));
  const data = { ...body, [field]: subject };
  const payload = checkPayload(type, data);
  const problems = payload.ok ? storageProblems(data) : payload.problems;
  if (!payload.ok || problems.length > 0) throw invalid(...problems);

  const stream = streamOf(aggregate, String(subject));
  const trace = traceparent(context);
  return {
    aggregate,
    stream,
    subject: String(subject),
    // Of the stream and the key: one key may serve commands on many streams, and each is an event of its own.
    id: key ? derivedId(`${stream} ${key}`) : effects.newId(),
    source: COMMAND_SOURCE,
    schemaVersion,
    time: effects.now().toISOString(),
    ...(trace && { traceparent: trace }),
    event: payload.event,
    metadata: key ? { commandId: key } : {},
  };
}

function answerOf({ creates }: CommandRoute, event: IncomingEvent, result: CommandResult): Response {
  switch (result.kind) {
    case 'accepted':
      return resource(event, result.history, creates ? 201 : 200);
    case 'unchanged':
      return resource(event, result.history, 200);
    case 'busy':
      throw new HttpProblem(
        409,
        'busy',
        `${event.stream} is being written by others, who were faster each time; try again`,
        {},
        { 'retry-after': '1' },
      );
    case 'refused':
      throw new HttpProblem(
        STATUS[result.why],
        result.why,
        result.reason,
        { version: result.version, ...(result.problems.length > 0 && { problems: result.problems }) },
        result.version > 0 ? { etag: `"${result.version}"` } : {},
      );
  }
}

const STATUS = {
  'not-found': 404,
  conflict: 409,
  'insufficient-stock': 409,
  'email-taken': 409,
  'other-version': 412,
  'key-reused': 422,
} as const;

function resource({ aggregate, subject }: IncomingEvent, history: LoadedStream, status: 200 | 201): Response {
  const { collection, bodyOf } = resources[aggregate];
  return Response.json(bodyOf(history), {
    status,
    headers: { etag: `"${history.version}"`, location: `/${collection}/${encodeURIComponent(subject)}` },
  });
}
