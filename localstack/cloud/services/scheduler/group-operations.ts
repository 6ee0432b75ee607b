import type { Clock } from '../../core/clock';
import type { Call, Operation } from '../../core/service';
import type { ClientTokens } from './client-tokens';
import { CLIENT_TOKEN, Constraints, NAME } from './constraints';
import { conflict, validation } from './errors';
import { pageOf } from './page';
import { type GroupId, type GroupRecord, groupArn } from './records';
import { type Request, read } from './request';
import { DEFAULT_GROUP, type Schedules } from './schedules';
import { tagsIn } from './tags';

type Parts = { readonly clock: Clock; readonly schedules: Schedules; readonly tokens: ClientTokens };

export function groupOperations({ clock, schedules, tokens }: Parts): Record<string, Operation> {
  const groupIn = (request: Request, { account, region }: Call): GroupId => {
    const constraints = new Constraints();
    constraints.check('name', request.Name, { ...NAME, required: true });
    constraints.check('clientToken', request.ClientToken, CLIENT_TOKEN);
    constraints.done();
    return { account, region, group: String(request.Name) };
  };
  const refuseDefault = ({ group }: GroupId): void => {
    if (group === DEFAULT_GROUP) throw validation('This operation cannot be performed on schedule group default.');
  };

  return {
    CreateScheduleGroup: (input, call) => {
      const request = read('CreateScheduleGroup', input, ['Name', 'ClientToken', 'Tags']);
      const id = groupIn(request, call);
      const tags = tagsIn(request.Tags);
      refuseDefault(id);
      return tokens.once('CreateScheduleGroup', request, call, () => {
        if (schedules.findGroup(id)) throw conflict(`Schedule group ${id.group} already exists.`);
        const now = clock.now();
        schedules.setGroup({ ...id, createdAt: now, modifiedAt: now, tags });
        return { ScheduleGroupArn: groupArn(id) };
      });
    },

    GetScheduleGroup: (input, call) => {
      const request = read('GetScheduleGroup', input, ['Name']);
      return describe(schedules.group(groupIn(request, call)));
    },

    DeleteScheduleGroup: (input, call) => {
      const request = read('DeleteScheduleGroup', input, ['Name', 'ClientToken']);
      const id = groupIn(request, call);
      refuseDefault(id);
      return tokens.once('DeleteScheduleGroup', request, call, () => {
        schedules.group(id);
        schedules.deleteGroup(id);
        return {};
      });
    },

    ListScheduleGroups: (input, call) => {
      const request = read('ListScheduleGroups', input, ['NamePrefix', 'MaxResults', 'NextToken']);
      const constraints = new Constraints();
      constraints.check('namePrefix', request.NamePrefix, NAME);
      constraints.done();
      const prefix = String(request.NamePrefix ?? '');
      const found = schedules.groups(call).filter(({ group }) => group.startsWith(prefix));
      const { page, next } = pageOf(found, request, ({ group }) => group);
      return { ScheduleGroups: page.map(describe), ...next };
    },
  };
}

function describe(record: GroupRecord): object {
  const { group, createdAt, modifiedAt } = record;
  return {
    Arn: groupArn(record),
    Name: group,
    State: 'ACTIVE',
    ...(createdAt === undefined ? {} : { CreationDate: createdAt / 1_000 }),
    ...(modifiedAt === undefined ? {} : { LastModificationDate: modifiedAt / 1_000 }),
  };
}
