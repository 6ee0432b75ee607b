import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Operation } from '../../core/service';
import { validateName } from './group-operations';
import type { LogMessage } from './log-events';
import type { LogGroup, LogGroups, LogStream } from './log-groups';
import type { LogWriter } from './log-writer';
import { page } from './page';

const HOUR_MS = 3_600_000;
/** Limits of PutLogEvents. */
const MAX_EVENTS = 10_000;
const MAX_BATCH_BYTES = 1_048_576;

/** Log streams, and putting events on them. */
export function streamOperations(groups: LogGroups, clock: Clock, writer: LogWriter): Record<string, Operation> {
  return {
    CreateLogStream: (input, call) => {
      refuseUnknown('CreateLogStream', input, ['logGroupName', 'logStreamName']);
      validateName('logStreamName', input.logStreamName, /^[^:*]{1,512}$/);
      groups.createStream(groups.get(call, input.logGroupName), input.logStreamName);
    },
    DeleteLogStream: (input, call) => {
      refuseUnknown('DeleteLogStream', input, ['logGroupName', 'logStreamName']);
      groups.deleteStream(groups.get(call, input.logGroupName), input.logStreamName);
    },
    DescribeLogStreams: (input, call) => {
      refuseUnknown('DescribeLogStreams', input, [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamNamePrefix',
        'orderBy',
        'descending',
        'nextToken',
        'limit',
      ]);
      const group = groups.get(call, input.logGroupName ?? input.logGroupIdentifier ?? '');
      const byTime = input.orderBy === 'LastEventTime';
      if (byTime && input.logStreamNamePrefix) {
        throw new AwsError('InvalidParameterException', 'Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const figures = groups.events.figures(group.id).streams;
      const lastEvent = (stream: LogStream) => figures.get(stream.name)?.last ?? 0;
      const found = groups.streams(group).filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ''));
      if (byTime) found.sort((a, b) => lastEvent(a) - lastEvent(b) || (a.name < b.name ? -1 : 1));
      if (input.descending) found.reverse();
      const { items, nextToken } = page(found, ({ name }) => name, input.nextToken, input.limit ?? 50);
      return { logStreams: items.map((stream) => describe(groups, group, stream)), ...nextToken };
    },
    PutLogEvents: (input, call) => {
      refuseUnknown('PutLogEvents', input, ['logGroupName', 'logStreamName', 'logEvents', 'sequenceToken']);
      const group = groups.get(call, input.logGroupName);
      groups.stream(group, input.logStreamName);
      validateBatch(input.logEvents);
      const now = clock.now();
      const { accepted, rejected } = sortOut(input.logEvents, now, groups.cutoff(group));
      if (accepted.length > 0) writer.write(group, input.logStreamName, accepted);
      return {
        nextSequenceToken: '0',
        ...(Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {}),
      };
    },
  };
}

function describe(groups: LogGroups, group: LogGroup, stream: LogStream): object {
  const figures = groups.events.figures(group.id).streams.get(stream.name);
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    ...(figures
      ? {
          firstEventTimestamp: figures.first,
          lastEventTimestamp: figures.last,
          lastIngestionTime: figures.ingestion,
        }
      : {}),
    uploadSequenceToken: '0',
    arn: stream.arn,
    // AWS has answered 0 here since 2019.
    storedBytes: 0,
  };
}

function validateBatch(events: readonly LogMessage[]): void {
  const refuse = (why: string) => new AwsError('InvalidParameterException', why);
  if (!Array.isArray(events) || events.length === 0 || events.length > MAX_EVENTS) {
    throw refuse(`1 validation error detected: 'logEvents' must have 1 to ${MAX_EVENTS} members`);
  }
  let bytes = 0;
  let last = 0;
  for (const { timestamp, message } of events) {
    if (!Number.isInteger(timestamp) || typeof message !== 'string' || message === '') {
      throw refuse('Each log event needs a timestamp and a message.');
    }
    if (timestamp < last) {
      throw refuse('Log events in a single PutLogEvents request must be in chronological order.');
    }
    last = timestamp;
    bytes += Buffer.byteLength(message) + 26;
  }
  if (bytes > MAX_BATCH_BYTES) throw refuse(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  if (last - events[0]!.timestamp > 24 * HOUR_MS) {
    throw refuse('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}

/** Events more than 2 hours ahead, more than 14 days old, or older than the retention, are rejected by index. */
function sortOut(events: readonly LogMessage[], now: number, cutoff: number) {
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + 2 * HOUR_MS);
  const tooOld = events.filter(({ timestamp }) => timestamp < now - 14 * 24 * HOUR_MS).length;
  const expired = events.filter(({ timestamp }) => timestamp < cutoff).length;
  return {
    accepted: events.slice(Math.max(tooOld, expired), tooNew < 0 ? events.length : tooNew),
    rejected: {
      ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
    },
  };
}
