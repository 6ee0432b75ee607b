import type { Clock } from '../../core/clock';
import type { Operation } from '../../core/service';
import { Constraints } from './constraints';
import { validation } from './errors';
import type { GroupRecord, Tags } from './records';
import { read } from './request';
import type { Schedules } from './schedules';

type Tag = { readonly Key: string; readonly Value: string };

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAGS = 50;
const GROUP_ARN = String.raw`^arn:aws(-[a-z]+)?:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+$`;

export function tagsIn(list: unknown): Tags {
  const tags = (list ?? []) as readonly Tag[];
  const constraints = new Constraints();
  constraints.check('tags', tags, { max: 200 });
  for (const [index, tag] of tags.entries()) {
    constraints.check(`tags.${index + 1}.member.key`, tag.Key, { required: true, min: 1, max: 128 });
    constraints.check(`tags.${index + 1}.member.value`, tag.Value, { required: true, min: 1, max: 256 });
  }
  constraints.done();
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

/** Tags of groups; schedules have none. */
export function tagOperations(clock: Clock, schedules: Schedules): Record<string, Operation> {
  const tagged = (arn: unknown): GroupRecord => {
    const constraints = new Constraints();
    constraints.check('resourceArn', arn, { required: true, min: 1, max: 1_011, pattern: GROUP_ARN });
    constraints.done();
    const [, , , region, account, resource] = String(arn).split(':') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return schedules.group({ account, region, group: resource.slice('schedule-group/'.length) });
  };
  const set = (group: GroupRecord, tags: Tags): object => {
    if (Object.keys(tags).length > MAX_TAGS) throw validation(`A resource can have at most ${MAX_TAGS} tags.`);
    schedules.setGroup({ ...group, tags, modifiedAt: clock.now() });
    return {};
  };

  return {
    TagResource: (input) => {
      const { ResourceArn, Tags } = read('TagResource', input, ['ResourceArn', 'Tags']);
      const group = tagged(ResourceArn);
      return set(group, { ...group.tags, ...tagsIn(Tags) });
    },

    UntagResource: (input) => {
      const { ResourceArn, TagKeys } = read('UntagResource', input, ['ResourceArn', 'TagKeys']);
      const group = tagged(ResourceArn);
      // One member of a list in a query comes as a text.
      const gone = [TagKeys ?? []].flat().map(String);
      return set(group, Object.fromEntries(Object.entries(group.tags).filter(([key]) => !gone.includes(key))));
    },

    ListTagsForResource: (input) => {
      const { tags } = tagged(read('ListTagsForResource', input, ['ResourceArn']).ResourceArn);
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}
