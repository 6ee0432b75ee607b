import { refuseUnknown } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Operation } from '../../core/service';
import { invalidParameter } from './errors';
import { checkPolicy, defaultPolicy, documentOf, type Statement } from './topic-policy';
import type { TopicRecord } from './topic-record';
import type { Topics } from './topics';

/** Statements of a topic's policy, by their label. */
export function permissionOperations(topics: Topics, registry: Registry): Record<string, Operation> {
  const put = (topic: TopicRecord, statements: readonly Statement[]): void => {
    const Policy = JSON.stringify({ ...documentOf(topic), Statement: statements });
    // Without any statement there is the default policy again.
    if (statements.length > 0) checkPolicy(Policy, registry);
    const { Policy: _, ...others } = topic.attributes;
    topics.set({ ...topic, attributes: { ...others, Policy: statements.length > 0 ? Policy : defaultPolicy(topic) } });
  };

  return {
    AddPermission: (input) => {
      refuseUnknown('sns:AddPermission', input, ['TopicArn', 'Label', 'AWSAccountId', 'ActionName']);
      const topic = topics.get(input.TopicArn);
      const { Statement: statements } = documentOf(topic);
      const Sid = String(input.Label ?? '');
      const accounts = (input.AWSAccountId || []) as string[];
      const actions = (input.ActionName || []) as string[];
      if (Sid === '') throw invalidParameter('Label');
      if (statements.some((one) => one.Sid === Sid)) throw invalidParameter('Statement already exists');
      if (accounts.length === 0 || accounts.some((account) => !/^\d{12}$/.test(account))) {
        throw invalidParameter('AWSAccountId');
      }
      if (actions.length === 0 || actions.some((action) => !/^(\w+|\*)$/.test(action))) {
        throw invalidParameter('Policy statement action out of service scope!');
      }
      const users = accounts.map((account) => `arn:aws:iam::${account}:root`);
      const named = actions.map((action) => `SNS:${action}`);
      const statement = {
        Sid,
        Effect: 'Allow',
        Principal: { AWS: users.length === 1 ? users[0] : users },
        Action: named.length === 1 ? named[0] : named,
        Resource: topic.arn,
      };
      put(topic, [...statements, statement]);
    },

    RemovePermission: (input) => {
      refuseUnknown('sns:RemovePermission', input, ['TopicArn', 'Label']);
      const topic = topics.get(input.TopicArn);
      const { Statement: statements } = documentOf(topic);
      put(
        topic,
        statements.filter(({ Sid }) => Sid !== input.Label),
      );
    },
  };
}
