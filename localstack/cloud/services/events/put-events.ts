import { refuseUnknown } from '../../core/aws-error';
import { callerName } from '../../core/caller-name';
import type { FaultKind } from '../../core/faults';
import type { Call, CloudContext } from '../../core/service';
import type { Authorization } from './authorization';
import type { Buses } from './buses';
import { type EventDetail, makeEnvelope, readDetail } from './envelope';
import { type BusId, busArn, busIdFrom } from './records';
import type { Router } from './router';
import { readTraceHeader } from './trace-header';
import { constrain, readTime, validation } from './validation';

/** Since January 2026, for all entries of a request together. */
const MAX_REQUEST_SIZE = 1_048_576;
const MAX_ENTRIES = 10;
const BUS_NAME = /^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[.\-_A-Za-z0-9]+$/;
const MEMBERS = ['Time', 'Source', 'Resources', 'DetailType', 'Detail', 'EventBusName', 'TraceHeader'];

/** What the adversary can do to an entry: it fails in an answer that is a success otherwise. */
export const ENTRY_FAULTS: readonly FaultKind[] = ['error', 'throttle'];

export type PutEventsEntry = {
  /** Seconds since 1970. */
  readonly Time?: number;
  readonly Source?: string;
  readonly Resources?: readonly string[];
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly TraceHeader?: string;
};

type Parts = {
  readonly context: CloudContext;
  readonly buses: Buses;
  readonly router: Router;
  readonly authorization: Authorization;
};
type EntryError = { readonly ErrorCode: string; readonly ErrorMessage: string };

/** `PutEvents`: each entry is taken or refused by itself, in their order. */
export function makePutEvents({ context, buses, router, authorization }: Parts) {
  const { clock, faults, trace } = context;

  const strike = (bus: BusId, call: Call): EntryError | undefined => {
    const caller = callerName(call.principal);
    const target = busArn(bus);
    const fault = faults.at({ service: 'events', operation: 'PutEvents.Entry', target, caller }, ENTRY_FAULTS);
    if (!fault) return undefined;
    const { code, message } = fault.rule;
    return fault.kind === 'throttle'
      ? { ErrorCode: code ?? 'ThrottlingException', ErrorMessage: message ?? 'Rate exceeded' }
      : { ErrorCode: code ?? 'InternalFailure', ErrorMessage: message ?? UNEXPECTED };
  };

  const put = (entry: PutEventsEntry, call: Call): { EventId: string } | EntryError => {
    const checked = checkEntry(entry);
    if ('ErrorCode' in checked) return checked;
    const { source, detailType, detail } = checked;
    const busId = busIdFrom(entry.EventBusName, call);
    const bus = buses.find(busId);
    const refused =
      bus && authorization.refusalOf(bus, call.principal, call.account, { source, 'detail-type': detailType });
    if (refused) return { ErrorCode: 'AccessDeniedException', ErrorMessage: refused };
    const struck = faults.active ? strike(busId, call) : undefined;
    if (struck) return struck;
    const now = clock.now();
    const { account, region } = call;
    const resources = entry.Resources ?? [];
    const time = entry.Time === undefined || entry.Time === null ? now : readTime('time', entry.Time);
    const traced = entry.TraceHeader === undefined ? undefined : readTraceHeader(entry.TraceHeader);
    const traceHeader = traced?.header;
    const envelope = makeEnvelope({ source, detailType, detail, account, region, resources, time, traceHeader }, now);
    const causes = [trace.cause, traced?.parent].filter((hop) => hop !== undefined);
    router.route(busId, envelope, { causes });
    return { EventId: envelope.id };
  };

  return (input: { Entries?: readonly PutEventsEntry[]; EndpointId?: string }, call: Call) => {
    refuseUnknown('events:PutEvents', input, ['Entries']);
    constrain('entries', input.Entries, { min: 1, max: MAX_ENTRIES });
    const entries = input.Entries as readonly PutEventsEntry[];
    let size = 0;
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at]!;
      size += entrySize(entry);
      refuseUnknown('events:PutEvents entry', entry, MEMBERS);
      const member = (name: string) => `entries.${at + 1}.member.${name}`;
      const { EventBusName, TraceHeader, Time } = entry;
      // Before any entry is taken: this refuses all of them.
      if (Time !== undefined && Time !== null) readTime(member('time'), Time);
      if (EventBusName !== undefined) constrain(member('eventBusName'), EventBusName, { pattern: BUS_NAME });
      if (TraceHeader !== undefined) constrain(member('traceHeader'), TraceHeader, { min: 1, max: 500 });
    }
    if (size > MAX_REQUEST_SIZE) throw validation('Total size of the entries in the request is over the limit.');
    const Entries = entries.map((entry) => put(entry, call));
    return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
  };
}

/** The words of EventBridge's own internal error. */
export const UNEXPECTED = 'Service encountered unexpected problem. Please try again.';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function entrySize({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsEntry): number {
  let bytes = Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
  for (const resource of Resources) bytes += Buffer.byteLength(resource);
  return bytes + (Time === undefined ? 0 : 14);
}

/** What AWS checks of an entry, in its order. */
export function checkEntry(
  { Source, DetailType, Detail }: PutEventsEntry,
  byService = false,
): { source: string; detailType: string; detail: EventDetail } | EntryError {
  if (!Source) return missing('Source');
  if (!DetailType) return missing('DetailType');
  if (!Detail) return missing('Detail');
  const detail = readDetail(Detail);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if (Source.startsWith('aws.') && !byService) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return { source: Source, detailType: DetailType, detail };
}

const missing = (name: string): EntryError => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});
