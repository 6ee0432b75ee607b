import { derivedId } from '../../../functions/adapters/derived-id';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import type { Evidence, InboxRow } from './evidence';
import type { BusEvent, Command, Saying } from './history';
import { after, beginning, type State } from './model';

/** Something that is not as the model has it. */
export type Violation = {
  /** Which promise is broken. */
  readonly promise: string;
  readonly stream: string;
  readonly what: string;
};

/** An event under one identity that the bus has taken. */
export type Put = { readonly event: BusEvent; readonly id: string };

/** A recorded event, and who said it; nobody, if it is an order's own reservation. */
export type Entry = {
  readonly recorded: RecordedEvent;
  readonly put?: Put;
  readonly command?: Command;
  /** Type and data as they were said: what stands in the table may be sealed. */
  readonly said: Pick<Saying, 'type' | 'data'>;
};

const COMMANDS = 'orderstream/commands';
export const RESERVATIONS = 'orderstream/reservations';

/** A producer may use an id again for another stream. What cannot be valid may stand apart from the stream that it was for. */
export const identity = (stream: string, source: string, id: string): string =>
  JSON.stringify([stream.startsWith('unaddressed#') ? '' : stream, source, id]);

/** The evidence by stream and identity, and each stream's states by the model. */
export class Ledger {
  readonly evidence: Evidence;
  readonly puts: readonly Put[];
  readonly #streams = new Map<string, Entry[]>();
  readonly #states = new Map<string, State[]>();
  readonly #putBy = new Map<string, Put>();
  readonly #commandBy = new Map<string, Command>();
  readonly #inbox = new Map<string, InboxRow[]>();

  constructor(evidence: Evidence) {
    this.evidence = evidence;
    const { history, ids, recorded, inbox } = evidence;
    this.puts = history.events.flatMap((event, index) => (ids[index] ?? []).map((id) => ({ event, id })));
    for (const put of this.puts)
      for (const stream of addressesOf(put)) this.#putBy.set(identity(stream, put.event.source, put.id), put);
    for (const command of history.commands) this.#commandBy.set(nameOf(command), command);
    for (const row of inbox) {
      const key = identity(row.stream, row.source, row.id);
      this.#inbox.set(key, [...(this.#inbox.get(key) ?? []), row]);
    }
    const byPlace = [...recorded].sort((a, b) => a.version - b.version);
    for (const event of byPlace)
      this.#streams.set(event.stream, [...(this.#streams.get(event.stream) ?? []), this.#entryOf(event)]);
    for (const [stream, entries] of this.#streams) {
      const states = [beginning(stream)];
      for (const { said } of entries) states.push(after(states.at(-1) as State, said));
      this.#states.set(stream, states);
    }
  }

  streams(): IterableIterator<[string, Entry[]]> {
    return this.#streams.entries();
  }

  entries(stream: string): readonly Entry[] {
    return this.#streams.get(stream) ?? [];
  }

  /** The states of a stream behind its versions 0, 1, 2 … */
  states(stream: string): readonly State[] {
    return this.#states.get(stream) ?? [beginning(stream)];
  }

  /** What was put for a stream under this identity. */
  put(stream: string, source: string, id: string): Put | undefined {
    return this.#putBy.get(identity(stream, source, id));
  }

  /** The command that an item or event of the command API came from. */
  command(id: string, note: unknown): Command | undefined {
    return this.#commandBy.get(id) ?? this.#commandBy.get(String(note));
  }

  /** What stands in the Inbox of it. */
  items(put: Put, state: InboxRow['state']): readonly InboxRow[] {
    const rows = addressesOf(put).flatMap(
      (stream) => this.#inbox.get(identity(stream, put.event.source, put.id)) ?? [],
    );
    return rows.filter((row) => row.state === state);
  }

  refusals(command: Command): readonly InboxRow[] {
    return this.evidence.inbox.filter(
      (row) => row.state === 'refused' && this.command(row.id, noteIn(row)) === command,
    );
  }

  #entryOf(recorded: RecordedEvent): Entry {
    const { stream, source, id, type, data } = recorded;
    const command = source === COMMANDS ? this.command(id, data.note) : undefined;
    const put = this.put(stream, source, id);
    // What an order holds is added by the writer: the model works it out for itself.
    return {
      recorded,
      ...(put && { put }),
      ...(command && { command }),
      said: { type, data: put?.event.data ?? command?.data ?? data },
    };
  }
}

/** The stream that it is for, and, if it can never be valid, the one that is made up for what names none. */
const addressesOf = ({ event, id }: Put): readonly string[] =>
  event.malformed.length > 0 ? [event.stream, `unaddressed#${id}`] : [event.stream];

/** The id of the event that a command with a key becomes; without a key, the note that its body carries. */
const nameOf = ({ key, stream, body }: Command): string =>
  key === undefined ? String(body.note) : derivedId(`${stream} ${key}`);

export const noteIn = ({ event }: InboxRow): unknown => event?.data?.note;
