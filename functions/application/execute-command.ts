import { canonicalJson } from './canonical-json';
import { COMMAND_SOURCE, catalogue } from './catalogue';
import type { IncomingEvent } from './incoming-event';
import { recordedOnly } from './payload-schemas';
import {
  type Effects,
  type EventStore,
  type Inbox,
  type InboxItem,
  isAppendConflict,
  isClaimsRefused,
  type LoadedStream,
  type Problem,
} from './ports';
import type { RecordedEvent } from './recorded-event';
import { Recording, type RecordingPorts } from './recording';
import type { Refusal } from './refusal';

/** A request to make something happen: the event that it would become, and on what condition. */
export type Command = {
  /** Its id is fixed before the first try, so that whatever tries again finds what it has done. */
  readonly event: IncomingEvent;
  /** `If-Match`: the versions that the caller will have it done on; undefined: any. */
  readonly onVersions?: readonly number[];
  /** Who asks for it. */
  readonly by: Caller;
};

export type Caller =
  /** `principal`: the ARN of who signed the request. */
  | { readonly principal: string }
  /** Where nobody has to sign. */
  | { readonly principal: 'anonymous'; readonly sourceIp: string };

/** `version`: of the stream, when it was refused. */
type Refused = { readonly reason: string; readonly problems: readonly Problem[]; readonly version: number };
type Why = 'not-found' | 'conflict' | 'other-version' | 'key-reused' | Refusal['why'];

export type CommandResult =
  /** Appended, by this call or, `repeated`, by an earlier one with the same key. `history` ends with its event. */
  | { readonly kind: 'accepted'; readonly repeated: boolean; readonly history: LoadedStream }
  /** It is so already, with the same data; `history` is the stream as it is. */
  | { readonly kind: 'unchanged'; readonly history: LoadedStream }
  | ({ readonly kind: 'refused'; readonly why: Why } & Refused)
  /** Others were faster each time; nothing has happened. */
  | { readonly kind: 'busy' };

export type CommandPorts = RecordingPorts & {
  readonly inbox: Pick<Inbox, 'put'>;
  readonly effects: Effects;
};

export type ExecuteCommand = (command: Command) => Promise<CommandResult>;

/** Decides a command against its stream. What is refused is recorded in the Inbox; nothing waits there for its turn. */
export function makeExecuteCommand(ports: CommandPorts): ExecuteCommand {
  const { events } = ports;
  return async (command) => {
    const { stream, event } = command.event;
    const recording = new Recording(ports, command.event);
    const opens = 'opens' in catalogue[event.type] && command.onVersions === undefined;
    try {
      let loaded = opens ? events.assumeEmpty(stream) : await events.load(stream);
      while (recording.mayTryAgain) {
        const result = await attempt(ports, recording, command, loaded);
        const holds = result?.kind !== 'refused' || (await recordRefusal(ports, command, result, loaded));
        if (result && holds) return result;
        if (result) await recording.raced();
        loaded = await events.load(stream);
      }
      return { kind: 'busy' };
    } finally {
      await recording.leave();
    }
  };
}

/** Undefined: somebody else was faster. */
async function attempt(
  ports: CommandPorts,
  recording: Recording,
  command: Command,
  loaded: LoadedStream,
): Promise<CommandResult | undefined> {
  const { onVersions } = command;
  const { version } = loaded;
  const verdict = await recording.verdict(loaded);
  if (verdict.kind === 'duplicate') return repeated(ports, command, verdict.of, loaded);
  if (onVersions && !onVersions.includes(version)) return refusedVersion(onVersions, version);
  switch (verdict.kind) {
    case 'append': {
      const result = await recording.record(verdict, loaded);
      if (result.kind === 'raced') return undefined;
      if (result.kind === 'recorded')
        return { kind: 'accepted', repeated: false, history: followedBy(loaded, result.events) };
      if (result.kind === 'refused') return { kind: 'refused', version, ...result.refusal };
      throw new Error('commands are refused, never rejected');
    }
    case 'redundant':
      return { kind: 'unchanged', history: loaded };
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
async function repeated(
  { events }: CommandPorts,
  { event: incoming }: Command,
  first: RecordedEvent,
  loaded: LoadedStream,
): Promise<CommandResult> {
  if (isSameRequest(incoming, first))
    return { kind: 'accepted', repeated: true, history: await upTo(events, first, loaded) };
  return {
    kind: 'refused',
    why: 'key-reused',
    version: loaded.version,
    reason: `the idempotency key has been used for another command: ${first.type} at version ${first.version}`,
    problems: [{ field: 'Idempotency-Key', expected: 'a new key for a new command' }],
  };
}

/** Whether the recorded event is what the command asks for: with what was recorded beside that, and what is forgotten. */
function isSameRequest({ aggregate, event }: IncomingEvent, first: RecordedEvent): boolean {
  if (first.type !== event.type) return false;
  // Elsewhere it is a field of the caller's own.
  if (aggregate === 'user' && first.data.forgotten === true) return true;
  const beside: readonly string[] = recordedOnly[event.type] ?? [];
  const asked = Object.fromEntries(Object.entries(first.data).filter(([field]) => !beside.includes(field)));
  return canonicalJson(asked) === canonicalJson(event.data);
}

/** The stream as it was when `event` was its last. */
async function upTo(
  events: Pick<EventStore, 'readRange'>,
  { stream, version }: RecordedEvent,
  loaded: LoadedStream,
): Promise<LoadedStream> {
  const known = loaded.events[0]?.version ?? 1;
  if (version >= known) return { ...loaded, events: loaded.events.slice(0, version - known + 1), version };
  return { stream, events: await events.readRange(stream, 0, version), version };
}

const followedBy = (loaded: LoadedStream, events: readonly RecordedEvent[]): LoadedStream => ({
  ...loaded,
  events: [...loaded.events, ...events],
  version: loaded.version + events.length,
});

function refusedVersion(wanted: readonly number[], version: number): CommandResult {
  return {
    kind: 'refused',
    why: 'other-version',
    version,
    reason: `the version is ${version}, not ${wanted.join(' or ')}`,
    problems: [{ field: 'If-Match', value: wanted.map((one) => `"${one}"`).join(', '), expected: `"${version}"` }],
  };
}

/**
 * False: the stream has moved, so the refusal does not hold. What is in the way beside the stream may be there because of
 * this very command, repeated and accepted meanwhile: such a refusal is recorded in one transaction with the stream
 * standing still (reading it again would not do, since reads may see a transaction partly).
 */
async function recordRefusal(
  { inbox, events, effects }: CommandPorts,
  { event: { stream, id, event, metadata }, by, onVersions }: Command,
  { why, reason, problems }: Refused & { readonly why: Why },
  loaded: LoadedStream,
): Promise<boolean> {
  const item: InboxItem = {
    stream,
    state: 'refused',
    id,
    source: COMMAND_SOURCE,
    type: event.type,
    reason,
    problems,
    event: { ...event, metadata, by, ...(onVersions && { onVersions }) },
    at: effects.now().toISOString(),
  };
  if (why !== 'insufficient-stock' && why !== 'email-taken') {
    await inbox.put(item);
    return true;
  }
  try {
    await events.append([{ loaded, events: [] }], [{ kind: 'put-item', item }]);
  } catch (error) {
    if (isAppendConflict(error)) return false;
    // It was recorded when the command came before.
    if (!isClaimsRefused(error)) throw error;
  }
  return true;
}
