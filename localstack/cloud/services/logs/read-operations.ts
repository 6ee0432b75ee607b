import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import { compileFilter } from './filter-pattern';
import type { LogEvent } from './log-events';
import type { LogGroup, LogGroups } from './log-groups';

const MAX_EVENTS = 10_000;

/** Reading events: GetLogEvents of one stream, FilterLogEvents of a group (`aws logs tail`). */
export function readOperations(groups: LogGroups): Record<string, Operation> {
  const between = (group: LogGroup, from: number | undefined, to: number | undefined): Iterable<LogEvent> => {
    groups.sweep(group);
    return groups.events.read(group.id, Math.max(from ?? 0, groups.cutoff(group)), to ?? Number.MAX_SAFE_INTEGER - 1);
  };

  return {
    GetLogEvents: (input, call) => {
      refuseUnknown('GetLogEvents', input, [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamName',
        'startTime',
        'endTime',
        'nextToken',
        'limit',
        'startFromHead',
      ]);
      const group = groups.get(call, input.logGroupName ?? input.logGroupIdentifier ?? '');
      groups.stream(group, input.logStreamName);
      const events = [...between(group, input.startTime, input.endTime)].filter(
        ({ stream }) => stream === input.logStreamName,
      );
      const limit = Math.min(input.limit ?? MAX_EVENTS, MAX_EVENTS);
      const [from, to] = window(events, limit, input.nextToken, input.startFromHead === true);
      const shown = events.slice(from, to);
      const { before, after } = neighbours(events, from, to, input.nextToken);
      return {
        events: shown.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: `f/${after}/s`,
        nextBackwardToken: `b/${before}/s`,
      };
    },
    FilterLogEvents: (input, call) => {
      refuseUnknown('FilterLogEvents', input, [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamNames',
        'logStreamNamePrefix',
        'startTime',
        'endTime',
        'filterPattern',
        'nextToken',
        'limit',
        'interleaved',
      ]);
      const group = groups.get(call, input.logGroupName ?? input.logGroupIdentifier ?? '');
      if (input.logStreamNames && input.logStreamNamePrefix) {
        throw new AwsError(
          'InvalidParameterException',
          'logStreamNames and logStreamNamePrefix are mutually exclusive parameters.',
        );
      }
      const matches = compileFilter(input.filterPattern);
      const names: readonly string[] | undefined = input.logStreamNames;
      const limit = Math.min(input.limit ?? MAX_EVENTS, MAX_EVENTS);
      const position = input.nextToken === undefined ? undefined : readToken(input.nextToken);
      const found: LogEvent[] = [];
      let more = false;
      for (const event of between(group, position ? timeOf(position) : input.startTime, input.endTime)) {
        if (position && event.eventId <= position) continue;
        if (names && !names.includes(event.stream)) continue;
        if (!event.stream.startsWith(input.logStreamNamePrefix ?? '') || !matches(event.message)) continue;
        if (found.length === limit) {
          more = true;
          break;
        }
        found.push(event);
      }
      const last = found[found.length - 1];
      return {
        events: found.map(({ stream, ...event }) => ({ logStreamName: stream, ...event })),
        searchedLogStreams: [],
        ...(more && last ? { nextToken: writeToken(last) } : {}),
      };
    },
  };
}

/** Which of `events` a call shows: behind or before its token, or the first or last of them. */
function window(
  events: readonly LogEvent[],
  limit: number,
  token: string | undefined,
  fromHead: boolean,
): [from: number, to: number] {
  if (token === undefined) {
    return fromHead ? [0, Math.min(limit, events.length)] : [Math.max(0, events.length - limit), events.length];
  }
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (!match) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  const [, direction, eventId] = match as unknown as [string, string, string];
  if (direction === 'f') {
    const from = events.findIndex((event) => event.eventId > eventId);
    return from < 0 ? [events.length, events.length] : [from, Math.min(events.length, from + limit)];
  }
  const behind = events.findIndex((event) => event.eventId >= eventId);
  const to = behind < 0 ? events.length : behind;
  return [Math.max(0, to - limit), to];
}

/** The positions that the tokens of a page name. At an end, the token stays the one that led there, as on AWS. */
function neighbours(events: readonly LogEvent[], from: number, to: number, token: string | undefined) {
  const given = token === undefined ? undefined : /\d{56}/.exec(token)?.[0];
  const none = '0'.repeat(56);
  return {
    before: events[from]?.eventId ?? given ?? none,
    after: events[to - 1]?.eventId ?? given ?? none,
  };
}

const writeToken = ({ eventId }: LogEvent): string => Buffer.from(eventId, 'utf8').toString('base64url');

function readToken(token: string): string {
  const eventId = Buffer.from(token, 'base64url').toString('utf8');
  if (!/^\d{56}$/.test(eventId)) {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  return eventId;
}

/** An event id begins with its event's time. */
const timeOf = (eventId: string): number => Number(eventId.slice(0, 16));
