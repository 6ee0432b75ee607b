import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { compilePattern } from '../../core/patterns/event-pattern';
import type { Call, Operation } from '../../core/service';
import type { ArchiveRecord, Archives } from './archives';
import type { Buses } from './buses';
import type { EventKeys } from './event-keys';
import { archiveArn, type BusId, busArn, readArn } from './records';
import { invalidPatternAsAws } from './rule-operations';
import { constrain, notFound, onlyOneFilter, pageOf } from './validation';

const NAME = { min: 1, max: 48, pattern: /^[.\-_A-Za-z0-9]+$/ };
const STATES = ['ENABLED', 'DISABLED', 'CREATING', 'UPDATING', 'CREATE_FAILED', 'UPDATE_FAILED'];

type Settings = { readonly Description?: string; readonly EventPattern?: string; readonly RetentionDays?: number };
type Parts = {
  readonly clock: Clock;
  readonly buses: Buses;
  readonly archives: Archives;
  readonly keys: EventKeys;
};

/** Archives are there, and take events, when the call that makes them answers. */
export function archiveOperations({ clock, buses, archives, keys }: Parts): Record<string, Operation> {
  const find = (input: { ArchiveName: string }, call: Call): ArchiveRecord => {
    constrain('archiveName', input.ArchiveName, NAME);
    const found = archives.find(idFrom(input.ArchiveName, call));
    if (!found) throw notFound(`Archive ${input.ArchiveName} does not exist.`);
    return found;
  };

  /** An empty key, which CDK writes into its templates, is none: AWS's own. */
  const keyOf = (bus: BusId, { KmsKeyIdentifier: key }: { readonly KmsKeyIdentifier?: string }) =>
    key ? { kmsKeyArn: keys.keyFor(key, bus) } : {};

  return {
    CreateArchive: (input, call) => {
      refuseUnknown('events:CreateArchive', input, [
        'ArchiveName',
        'EventSourceArn',
        'Description',
        'EventPattern',
        'RetentionDays',
        'KmsKeyIdentifier',
      ]);
      constrain('archiveName', input.ArchiveName, NAME);
      const settings = settingsFrom(input);
      const bus = busAt(buses, input.EventSourceArn, call);
      const id = idFrom(input.ArchiveName, call);
      if (archives.find(id)) {
        throw new AwsError('ResourceAlreadyExistsException', `Archive ${id.name} already exists.`);
      }
      const kept = { ...settings, ...keyOf(bus, input) };
      const archive = archives.create({ retentionDays: 0, ...kept, ...id, bus, createdAt: clock.now() });
      return createdOutput(archive);
    },

    DescribeArchive: (input, call) => {
      refuseUnknown('events:DescribeArchive', input, ['ArchiveName']);
      const archive = find(input, call);
      return {
        ArchiveArn: archiveArn(archive),
        ...(archive.description === undefined ? {} : { Description: archive.description }),
        ...(archive.pattern === undefined ? {} : { EventPattern: archive.pattern }),
        ...(archive.kmsKeyArn === undefined ? {} : { KmsKeyIdentifier: archive.kmsKeyArn }),
        ...summaryOf(archive, archives),
      };
    },

    UpdateArchive: (input, call) => {
      refuseUnknown('events:UpdateArchive', input, [
        'ArchiveName',
        'Description',
        'EventPattern',
        'RetentionDays',
        'KmsKeyIdentifier',
      ]);
      const { kmsKeyArn, ...before } = find(input, call);
      const keeps = input.KmsKeyIdentifier === undefined && kmsKeyArn !== undefined;
      const key = keeps ? { kmsKeyArn } : keyOf(before.bus, input);
      const archive = { ...before, ...settingsFrom(input), ...key };
      archives.update(archive);
      return createdOutput(archive);
    },

    DeleteArchive: (input, call) => {
      refuseUnknown('events:DeleteArchive', input, ['ArchiveName']);
      archives.delete(find(input, call));
    },

    ListArchives: (input, call) => {
      refuseUnknown('events:ListArchives', input, ['NamePrefix', 'EventSourceArn', 'State', 'Limit', 'NextToken']);
      onlyOneFilter('ListArchives', input);
      if (input.State !== undefined) constrain('state', input.State, { oneOf: STATES });
      if (input.EventSourceArn !== undefined) busAt(buses, input.EventSourceArn, call);
      const all = archives
        .list(call)
        .filter(({ name }) => name.startsWith(input.NamePrefix ?? ''))
        .filter(({ bus }) => input.EventSourceArn === undefined || busArn(bus) === input.EventSourceArn)
        .filter(() => input.State === undefined || input.State === 'ENABLED');
      const { page, next } = pageOf(all, input, ({ name }) => name);
      return { Archives: page.map((archive) => summaryOf(archive, archives)), ...next };
    },
  };
}

const idFrom = (name: string, { account, region }: Pick<Call, 'account' | 'region'>): BusId => ({
  account,
  region,
  name,
});

/** The bus of an archive is one of the caller's account and region. */
function busAt(buses: Buses, arn: string, { account, region }: Pick<Call, 'account' | 'region'>): BusId {
  const form = /^arn:aws([a-z]|-)*:events:([a-z]|\d|-)*:([0-9]{12})?:.+\/.+$/;
  constrain('eventSourceArn', arn, { min: 1, max: 1_600, pattern: form });
  const named = readArn(arn)?.bus;
  const known = named?.account === account && named.region === region ? buses.find(named) : undefined;
  if (!known) throw notFound(`Event bus ${named?.name ?? arn} does not exist.`);
  return idFrom(known.record.name, known.record);
}

function settingsFrom({ Description, EventPattern, RetentionDays }: Settings) {
  if (Description !== undefined) constrain('description', Description, { max: 512 });
  if (RetentionDays !== undefined) constrain('retentionDays', RetentionDays, { min: 0 });
  if (EventPattern !== undefined) {
    constrain('eventPattern', EventPattern, { max: 4_096 });
    invalidPatternAsAws(() => compilePattern(EventPattern));
  }
  return {
    ...(Description === undefined ? {} : { description: Description }),
    ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
    ...(RetentionDays === undefined ? {} : { retentionDays: RetentionDays }),
  };
}

const createdOutput = (archive: ArchiveRecord) => ({
  ArchiveArn: archiveArn(archive),
  State: 'ENABLED',
  CreationTime: archive.createdAt / 1_000,
});

function summaryOf(archive: ArchiveRecord, archives: Archives) {
  const { events, bytes } = archives.totals(archive);
  return {
    ArchiveName: archive.name,
    EventSourceArn: busArn(archive.bus),
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    SizeBytes: bytes,
    EventCount: events,
    CreationTime: archive.createdAt / 1_000,
  };
}
