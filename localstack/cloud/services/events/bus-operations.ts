import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Operation } from '../../core/service';
import type { Bus, Buses } from './buses';
import { busArn, busIdFrom } from './records';
import { tagsFrom } from './tag-operations';
import { constrain, pageOf, validation } from './validation';

const NAME = { min: 1, max: 256, pattern: /^[/.\-_A-Za-z0-9]+$/ };

export function busOperations(buses: Buses, clock: Clock): Record<string, Operation> {
  return {
    CreateEventBus: (input, call) => {
      refuseUnknown('events:CreateEventBus', input, ['Name', 'Description', 'DeadLetterConfig', 'Tags']);
      constrain('name', input.Name, NAME);
      const id = busIdFrom(input.Name, call);
      if (buses.find(id)) throw new AwsError('ResourceAlreadyExistsException', `Event bus ${id.name} already exists.`);
      if (id.name.includes('/')) throw validation("Event bus name must not contain '/'.");
      const now = clock.now();
      buses.setBus({ ...id, createdAt: now, modifiedAt: now, ...settingsFrom(input), tags: tagsFrom(input.Tags) });
      return { EventBusArn: busArn(id), ...shownSettings(buses.bus(id)) };
    },

    UpdateEventBus: (input, call) => {
      refuseUnknown('events:UpdateEventBus', input, ['Name', 'Description', 'DeadLetterConfig']);
      const { record } = buses.bus(busIdFrom(input.Name, call));
      const { description: _, deadLetterArn: __, ...kept } = record;
      buses.setBus({ ...kept, ...settingsFrom(input), modifiedAt: clock.now() });
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

function settingsFrom(input: { Description?: string; DeadLetterConfig?: { Arn?: string } }) {
  if (input.Description !== undefined) constrain('description', input.Description, { max: 512 });
  return {
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: input.DeadLetterConfig.Arn }),
  };
}

const shownSettings = ({ record }: Bus) => ({
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
