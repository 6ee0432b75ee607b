import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Operation } from '../../core/service';
import type { Bus, Buses } from './buses';
import type { EventKeys } from './event-keys';
import { type BusId, busArn, busIdFrom } from './records';
import { tagsFrom } from './tag-operations';
import { constrain, pageOf, validation } from './validation';

const SETTINGS = ['Name', 'Description', 'DeadLetterConfig', 'KmsKeyIdentifier'];

type Settings = {
  readonly Description?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly KmsKeyIdentifier?: string;
};

const NAME = { min: 1, max: 256, pattern: /^[/.\-_A-Za-z0-9]+$/ };

export function busOperations(buses: Buses, keys: EventKeys, clock: Clock): Record<string, Operation> {
  /** An empty key is none: AWS's own. */
  const keyOf = (id: BusId, { KmsKeyIdentifier: key }: Settings) => (key ? { kmsKeyArn: keys.keyFor(key, id) } : {});

  return {
    CreateEventBus: (input, call) => {
      refuseUnknown('events:CreateEventBus', input, [...SETTINGS, 'Tags']);
      constrain('name', input.Name, NAME);
      const id = busIdFrom(input.Name, call);
      if (buses.find(id)) throw new AwsError('ResourceAlreadyExistsException', `Event bus ${id.name} already exists.`);
      if (id.name.includes('/')) throw validation("Event bus name must not contain '/'.");
      const now = clock.now();
      const settings = { ...settingsFrom(input), ...keyOf(id, input) };
      buses.setBus({ ...id, createdAt: now, modifiedAt: now, ...settings, tags: tagsFrom(input.Tags) });
      return { EventBusArn: busArn(id), ...shownSettings(buses.bus(id)) };
    },

    UpdateEventBus: (input, call) => {
      refuseUnknown('events:UpdateEventBus', input, SETTINGS);
      const { record } = buses.bus(busIdFrom(input.Name, call));
      const { description: _, deadLetterArn: __, kmsKeyArn: ___, ...kept } = record;
      buses.setBus({ ...kept, ...settingsFrom(input), ...keyOf(record, input), modifiedAt: clock.now() });
      const bus = buses.bus(record);
      return { Arn: busArn(record), Name: record.name, ...shownSettings(bus) };
    },

    DeleteEventBus: (input, call) => {
      refuseUnknown('events:DeleteEventBus', input, ['Name']);
      constrain('name', input.Name, NAME);
      const id = busIdFrom(input.Name, call);
      if (id.name === 'default') throw validation('Cannot delete event bus default.');
      if (buses.rules(id).length > 0) throw validation("Event bus can't be deleted since it has rules.");
      buses.deleteBus(id);
    },

    DescribeEventBus: (input, call) => {
      refuseUnknown('events:DescribeEventBus', input, ['Name']);
      const bus = buses.bus(busIdFrom(input.Name, call));
      return { ...summaryOf(bus), ...shownSettings(bus) };
    },

    ListEventBuses: (input, call) => {
      refuseUnknown('events:ListEventBuses', input, ['NamePrefix', 'Limit', 'NextToken']);
      const all = buses.list(call).filter(({ record }) => record.name.startsWith(input.NamePrefix ?? ''));
      const { page, next } = pageOf(all, input, ({ record }) => record.name);
      return { EventBuses: page.map(summaryOf), ...next };
    },
  };
}

function settingsFrom(input: Settings) {
  if (input.Description !== undefined) constrain('description', input.Description, { max: 512 });
  return {
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: input.DeadLetterConfig.Arn }),
  };
}

const shownSettings = ({ record }: Bus) => ({
  ...(record.kmsKeyArn === undefined ? {} : { KmsKeyIdentifier: record.kmsKeyArn }),
  ...(record.description === undefined ? {} : { Description: record.description }),
  ...(record.deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: record.deadLetterArn } }),
});

const summaryOf = ({ record }: Bus) => ({
  Name: record.name,
  Arn: busArn(record),
  ...(record.description === undefined ? {} : { Description: record.description }),
  ...(record.policy === undefined ? {} : { Policy: record.policy }),
  CreationTime: record.createdAt / 1_000,
  LastModifiedTime: record.modifiedAt / 1_000,
});
