import { notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Call } from '../../core/service';
import type { Authorization } from './authorization';
import type { Buses } from './buses';
import { type EventDetail, makeEnvelope, readDetail } from './envelope';
import { busIdFrom } from './records';
import type { Router } from './router';
import { constrain, validation } from './validation';

/** Since January 2026, for all entries of a request together. */
const MAX_REQUEST_SIZE = 1_048_576;
const MAX_ENTRIES = 10;
const BUS_NAME = /^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[.\-_A-Za-z0-9]+$/;

export type PutEventsEntry = {
  /** Seconds since 1970. */
  readonly Time?: number;
  readonly Source?: string;
  readonly Resources?: readonly string[];
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
};

type Parts = {
  readonly clock: Clock;
  readonly buses: Buses;
  readonly router: Router;
  readonly authorization: Authorization;
};
type EntryError = { readonly ErrorCode: string; readonly ErrorMessage: string };

/** `PutEvents`: each entry is taken or refused by itself, in their order. */
export function makePutEvents({ clock, buses, router, authorization }: Parts) {
  const put = (entry: PutEventsEntry, call: Call): { EventId: string } | EntryError => {
    const checked = checkEntry(entry);
    if ('ErrorCode' in checked) return checked;
    const { source, detailType, detail } = checked;
    const busId = busIdFrom(entry.EventBusName, call);
    const bus = buses.find(busId);
    const refused =
      bus && authorization.refusalOf(bus, call.principal, call.account, { source, 'detail-type': detailType });
    if (refused) return { ErrorCode: 'AccessDeniedException', ErrorMessage: refused };
    const now = clock.now();
    const { account, region } = call;
    const resources = entry.Resources ?? [];
    const time = timeOf(entry.Time) ?? now;
    const envelope = makeEnvelope({ source, detailType, detail, account, region, resources, time }, now);
    router.route(busId, envelope);
    return { EventId: envelope.id };
  };

  return (input: { Entries?: readonly PutEventsEntry[]; EndpointId?: string }, call: Call) => {
    refuseUnknown('events:PutEvents', input, ['Entries']);
    const entries = input.Entries;
    constrain('entries', entries, { min: 1, max: MAX_ENTRIES });
    let size = 0;
    for (const [at, entry] of (entries as readonly PutEventsEntry[]).entries()) {
      size += entrySize(entry);
      refuseUnknown('events:PutEvents entry', entry, [
        'Time',
        'Source',
        'Resources',
        'DetailType',
        'Detail',
        'EventBusName',
      ]);
      if (entry.EventBusName !== undefined) {
        constrain(`entries.${at + 1}.member.eventBusName`, entry.EventBusName, { pattern: BUS_NAME });
      }
    }
    if (size > MAX_REQUEST_SIZE) throw validation('Total size of the entries in the request is over the limit.');
    const Entries = (entries as readonly PutEventsEntry[]).map((entry) => put(entry, call));
    return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function entrySize({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsEntry): number {
  const bytes = [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes + (Time === undefined ? 0 : 14);
}

/** What AWS checks of an entry, in its order. */
export function checkEntry({
  Source,
  DetailType,
  Detail,
}: PutEventsEntry): { source: string; detailType: string; detail: EventDetail } | EntryError {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (!value) {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  const detail = readDetail(Detail as string);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if ((Source as string).startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return { source: Source as string, detailType: DetailType as string, detail };
}

/** SDKs send seconds; text is what a caller without one may send. */
function timeOf(time: unknown): number | undefined {
  if (time === undefined || time === null) return undefined;
  const ms = typeof time === 'number' ? time * 1_000 : Date.parse(String(time));
  if (Number.isNaN(ms)) throw notImplemented(`events:PutEvents: Time in the form ${String(time)}`);
  return ms;
}
