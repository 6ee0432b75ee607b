import type { Access, Call } from '../../core/service';
import { publishedTo } from './publish-operations';
import { topicArn } from './topic-record';

type Input =
  | {
      readonly Name?: string;
      readonly Tags?: readonly unknown[];
      readonly TopicArn?: string;
      readonly TargetArn?: string;
      readonly ResourceArn?: string;
      readonly Protocol?: string;
      readonly Endpoint?: string;
    }
  | undefined;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export function snsAccess(operation: string, input: unknown, { account, region }: Call): readonly Access[] {
  const given = (input ?? {}) as NonNullable<Input>;
  // Batches are allowed by the action of one message.
  const action = `sns:${operation === 'PublishBatch' ? 'Publish' : operation}`;
  const { Name, Protocol, Endpoint } = given;
  const named = operation === 'CreateTopic' && Name !== undefined && topicArn({ account, region, name: Name });
  const resource = named || (publishedTo(given) ?? given.ResourceArn);
  const context = operation === 'Subscribe' && {
    context: {
      ...(Protocol !== undefined && { 'sns:Protocol': Protocol }),
      ...(Endpoint !== undefined && { 'sns:Endpoint': Endpoint }),
    },
  };
  const own: Access = { action, resource: typeof resource === 'string' ? resource : '*', ...context };
  // Whoever makes a topic with tags tags it.
  return named && given.Tags?.length ? [own, { action: 'sns:TagResource', resource: named }] : [own];
}
