import { backoff, RACES } from './backoff';
import { canonicalJson } from './canonical-json';
import { COMMAND_SOURCE, catalogue } from './catalogue';
import type { IncomingEvent } from './incoming-event';
import { type Effects, type EventStore, type Inbox, isAppendConflict, type LoadedStream, type Problem } from './ports';
import type { RecordedEvent } from './recorded-event';
import { verdictOn } from './verdict';

/** A request to make something happen: the event that it would become, and on what condition. */
export type Command = {
  /** Its id is fixed before the first try, so that whatever tries again finds what it has done. */
  readonly event: IncomingEvent;
  /** `If-Match`: the versions that the caller will have it done on; undefined: any. */
  readonly onVersions?: readonly number[];
};

type Refusal = { readonly reason: string; readonly problems: readonly Problem[]; readonly version: number };

export type CommandResult =
  /** Appended, by this call or, `repeated`, by an earlier one with the same key. `history` ends with its event. */
  | { readonly kind: 'accepted'; readonly repeated: boolean; readonly history: readonly RecordedEvent[] }
  /** It is so already, with the same data; `history` is the whole stream. */
  | { readonly kind: 'unchanged'; readonly history: readonly RecordedEvent[] }
  | ({ readonly kind: 'refused'; readonly why: 'not-found' | 'conflict' | 'other-version' | 'key-reused' } & Refusal)
  /** Others were faster each time; nothing has happened. */
  | { readonly kind: 'busy' };

export type CommandPorts = {
  readonly events: Pick<EventStore, 'load' | 'assumeEmpty' | 'append'>;
  readonly inbox: Pick<Inbox, 'put'>;
  readonly effects: Effects;
};

export type ExecuteCommand = (command: Command) => Promise<CommandResult>;

/** Decides a command against its stream. What is refused is recorded in the Inbox; nothing waits there for its turn. */
export function makeExecuteCommand(ports: CommandPorts): ExecuteCommand {
  const { events, effects } = ports;
  return async (command) => {
    const { stream, event } = command.event;
    const opens = 'opens' in catalogue[event.type] && command.onVersions === undefined;
    let loaded = opens ? events.assumeEmpty(stream) : await events.load(stream);
    for (let race = 1; race <= RACES; race++) {
      const result = await attempt(ports, command, loaded);
      if (result?.kind === 'refused') await recordRefusal(ports, command, result);
      if (result) return result;
      await effects.sleep(backoff(race, effects.random()));
      loaded = await events.load(stream);
    }
    return { kind: 'busy' };
  };
}

/** Undefined: somebody else was faster. */
async function attempt(
  { events }: CommandPorts,
  { event: incoming, onVersions }: Command,
  loaded: LoadedStream,
): Promise<CommandResult | undefined> {
  const { version, events: history } = loaded;
  const verdict = verdictOn(loaded, incoming);
  if (verdict.kind === 'duplicate') return repeated(incoming, verdict.of, loaded);
  if (onVersions && !onVersions.includes(version)) return refusedVersion(onVersions, version);
  switch (verdict.kind) {
    case 'append':
      try {
        return {
          kind: 'accepted',
          repeated: false,
          history: [...history, ...(await events.append([{ loaded, events: verdict.events }]))],
        };
      } catch (error) {
        if (isAppendConflict(error)) return undefined;
        throw error;
      }
    case 'redundant':
      return { kind: 'unchanged', history };
    case 'park':
      return {
        kind: 'refused',
        why: version === 0 ? 'not-found' : 'conflict',
        version,
        reason: verdict.reason,
        problems: [],
      };
    case 'reject':
      return { kind: 'refused', why: 'conflict', version, reason: verdict.reason, problems: verdict.problems };
  }
}

/** The first answer again, unless the key has come back with another command. */
function repeated(incoming: IncomingEvent, first: RecordedEvent, { events, version }: LoadedStream): CommandResult {
  const { type, data } = incoming.event;
  if (first.type === type && canonicalJson(first.data) === canonicalJson(data))
    return { kind: 'accepted', repeated: true, history: events.slice(0, first.version) };
  return {
    kind: 'refused',
    why: 'key-reused',
    version,
    reason: `the idempotency key has been used for another command: ${first.type} at version ${first.version}`,
    problems: [{ field: 'Idempotency-Key', expected: 'a new key for a new command' }],
  };
}

function refusedVersion(wanted: readonly number[], version: number): CommandResult {
  return {
    kind: 'refused',
    why: 'other-version',
    version,
    reason: `the version is ${version}, not ${wanted.join(' or ')}`,
    problems: [{ field: 'If-Match', value: wanted.map((one) => `"${one}"`).join(', '), expected: `"${version}"` }],
  };
}

async function recordRefusal({ inbox, effects }: CommandPorts, command: Command, refusal: Refusal): Promise<void> {
  const { stream, id, event, metadata } = command.event;
  const { reason, problems } = refusal;
  await inbox.put({
    stream,
    state: 'refused',
    id,
    source: COMMAND_SOURCE,
    type: event.type,
    reason,
    problems,
    event: { ...event, metadata, ...(command.onVersions && { onVersions: command.onVersions }) },
    at: effects.now().toISOString(),
  });
}
