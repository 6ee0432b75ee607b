import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Call, Operation } from '../../core/service';
import type { Buses } from './buses';
import { busIdFrom, type RuleRecord, type Target } from './records';
import { refuseManaged } from './rule-operations';
import { readTarget } from './target-input';
import { constrain, notFound, pageOf } from './validation';

const MAX_TARGETS = 5;

export function targetOperations(buses: Buses): Record<string, Operation> {
  const find = (input: { Rule: string; EventBusName?: string }, call: Call): RuleRecord => {
    constrain('rule', input.Rule, { min: 1, max: 64 });
    const { record } = buses.bus(busIdFrom(input.EventBusName, call));
    const rule = buses.findRule(record, input.Rule);
    if (!rule) throw notFound(`Rule ${input.Rule} does not exist on EventBus ${record.name}.`);
    return rule;
  };

  return {
    PutTargets: (input, call) => {
      refuseUnknown('events:PutTargets', input, ['Rule', 'EventBusName', 'Targets']);
      constrain('targets', input.Targets, { min: 1, max: 100 });
      const given = (input.Targets as Target[]).map(readTarget);
      const rule = find(input, call);
      refuseManaged(rule);
      const targets = new Map(rule.targets.map((target) => [target.Id, target]));
      for (const target of given) targets.set(target.Id, target);
      if (targets.size > MAX_TARGETS) {
        throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
      }
      buses.setRule({ ...rule, targets: [...targets.values()] });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    RemoveTargets: (input, call) => {
      refuseUnknown('events:RemoveTargets', input, ['Rule', 'EventBusName', 'Ids', 'Force']);
      constrain('ids', input.Ids, { min: 1, max: 100 });
      const rule = find(input, call);
      refuseManaged(rule, input.Force ?? false);
      buses.setRule({ ...rule, targets: rule.targets.filter(({ Id }) => !input.Ids.includes(Id)) });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    ListTargetsByRule: (input, call) => {
      refuseUnknown('events:ListTargetsByRule', input, ['Rule', 'EventBusName', 'Limit', 'NextToken']);
      const targets = [...find(input, call).targets].sort((a, b) => (a.Id < b.Id ? -1 : 1));
      const { page, next } = pageOf(targets, input, ({ Id }) => Id);
      return { Targets: page, ...next };
    },

    ListRuleNamesByTarget: (input, call) => {
      refuseUnknown('events:ListRuleNamesByTarget', input, ['TargetArn', 'EventBusName', 'Limit', 'NextToken']);
      const { record } = buses.bus(busIdFrom(input.EventBusName, call));
      const names = buses
        .rules(record)
        .filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn))
        .map(({ name }) => name);
      const { page, next } = pageOf(names, input, (name) => name);
      return { RuleNames: page, ...next };
    },
  };
}
