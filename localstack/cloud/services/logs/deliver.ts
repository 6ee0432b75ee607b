import type { LogSink } from '../../core/peers';
import type { CloudContext } from '../../core/service';
import type { LogGroups } from './log-groups';
import type { LogWriter } from './log-writer';

/**
 * How other services write to a group that is there: the group's policy has to allow it. As EventBridge's documentation
 * writes such policies, only the events themselves come with the ARN of their source.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function deliverTo({
  context,
  groups,
  writer,
}: {
  context: CloudContext;
  groups: LogGroups;
  writer: LogWriter;
}): LogSink['deliver'] {
  return (groupArn, stream, messages, principal, sourceArn) => {
    const group = groups.get(context, groupArn);
    const source = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': context.account };
    const resource = `${group.arn}:log-stream:${stream}`;
    context.registry.peer('iam').authorize(principal, [
      { action: 'logs:CreateLogStream', resource },
      { action: 'logs:PutLogEvents', resource, context: source },
    ]);
    if (!groups.hasStream(group, stream)) groups.createStream(group, stream);
    writer.write(group, stream, messages);
  };
}
