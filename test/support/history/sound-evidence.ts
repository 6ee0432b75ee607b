import { derivedId } from '../../../functions/adapters/derived-id';
import { seal } from '../../../functions/adapters/hash-chain';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import { bodyOf } from './check-answers';
import type { Answer, Evidence, InboxRow } from './evidence';
import type { BusEvent, Command, Saying } from './history';
import { after, beginning } from './model';

/** An event that `shop` puts on the bus. */
export const busEvent = (type: string, stream: string, id: string, data: BusEvent['data']): BusEvent => ({
  stream,
  type,
  data,
  source: 'shop',
  id,
  detailType: type,
  malformed: [],
  unrouted: false,
});

/** A command with a key. */
export const command = (type: string, stream: string, path: string, key: string, data: Command['data']): Command => ({
  stream,
  type,
  data,
  body: data,
  method: 'POST',
  path,
  key,
});

type Recorded = {
  readonly source: string;
  readonly id: string;
  readonly saying: Saying;
  readonly causationId?: string;
};

export const byBus = (event: BusEvent): Recorded => ({ source: event.source, id: event.id!, saying: event });
export const byCommand = (one: Command): Recorded => ({
  source: 'orderstream/commands',
  id: derivedId(`${one.stream} ${one.key}`),
  saying: one,
});

/** What stands in the Inbox for an event. */
export const inboxRow = (
  state: 'parked' | 'rejected',
  { stream, source, id, type }: BusEvent,
  reason = 'it waits',
  ...fields: string[]
): InboxRow => ({
  stream,
  entry: `${state}#${source}#${id}`,
  state,
  id: id!,
  source,
  type,
  reason,
  problems: fields.map((field) => ({ field })),
});

type Told = {
  readonly events: readonly BusEvent[];
  readonly commands?: readonly Command[];
  readonly stocked?: readonly string[];
};

/** What a system that keeps every promise shows: `recorded` in its order, `inbox` beside it, and all that follows from them. */
export function soundEvidence(
  { events, commands = [], stocked = [] }: Told,
  recorded: readonly Recorded[],
  rest: { readonly inbox?: readonly InboxRow[]; readonly answers?: readonly Answer[] } = {},
): Evidence {
  const { inbox = [], answers = [] } = rest;
  const rows = recordedOf(recorded);
  return {
    history: { seed: 0, stocked, events, commands, phases: [], faults: [] },
    ids: events.map(({ id }) => [id!]),
    answers,
    recorded: rows,
    inbox,
    views: viewsOf(rows),
    verified: [],
    facts: [...rows.map(factOf), ...inbox.filter(({ state }) => state === 'rejected').map(toldOf)],
    unrouted: [],
    deadLetters: [],
    failures: [],
  };
}

/** The Events table, in which these follow each other; versions and hashes are made. */
export function recordedOf(recorded: readonly Recorded[]): RecordedEvent[] {
  const last = new Map<string, RecordedEvent>();
  return recorded.map(({ source, id, saying: { stream, type, data }, causationId = id }) => {
    const before = last.get(stream);
    const event = seal({
      stream,
      version: (before?.version ?? 0) + 1,
      id,
      source,
      type,
      subject: stream.slice(stream.indexOf('#') + 1),
      schemaVersion: 1,
      time: '2026-11-01T12:00:00.000Z',
      recordedAt: '2026-11-01T12:00:00.000Z',
      correlationId: id,
      causationId,
      data,
      metadata: {},
      prevHash: before?.hash ?? '',
    });
    last.set(stream, event);
    return event;
  });
}

const factOf = ({ type, stream, version, id, source }: RecordedEvent): Evidence['facts'][number] => ({
  type,
  detail: { partitionkey: stream, sequence: String(version), originid: id, originsource: source },
});

export const toldOf = ({ stream, id, source, reason }: InboxRow): Evidence['facts'][number] => ({
  type: 'EventRejected',
  detail: { partitionkey: stream, data: { stream, id, source, reason } },
});

function viewsOf(rows: readonly RecordedEvent[]): Evidence['views'] {
  const states = new Map<string, ReturnType<typeof beginning>>();
  for (const row of rows) states.set(row.stream, after(states.get(row.stream) ?? beginning(row.stream), row));
  const versionOf = (stream: string) => rows.filter((row) => row.stream === stream).length;
  return [
    ...rows.map(({ stream, version, id }) => ({ pk: `event#${id}`, sk: `${stream}@${version}`, stream, version })),
    ...[...states].map(([stream, state]) => ({
      pk: stream,
      sk: 'summary@1',
      stream,
      version: versionOf(stream),
      ...bodyOf(state),
    })),
  ];
}
