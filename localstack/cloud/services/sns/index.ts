import { AwsError } from '../../core/aws-error';
import type { TopicAccess } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { snsAccess } from './access';
import { DELIVER_FAULTS, Deliveries } from './deliveries';
import { Delivery } from './delivery';
import { topicAccess } from './peer';
import { permissionOperations } from './permission-operations';
import { publishOperations } from './publish-operations';
import { Publisher } from './publisher';
import { subscriptionOperations } from './subscription-operations';
import { topicOperations } from './topic-operations';
import { Topics } from './topics';

/** SNS: topics whose messages go to queues and functions. */
export function createSns(context: CloudContext): { service: Service & { readonly name: 'sns' }; peer: TopicAccess } {
  const { registry } = context;
  const topics = new Topics(context);
  const deliveries = new Deliveries(context, topics, new Delivery(context, topics));
  const publisher = new Publisher(context, topics, deliveries);
  return {
    service: {
      name: 'sns',
      signingNames: ['sns'],
      protocol: {
        kind: 'query',
        apiVersion: '2010-03-31',
        namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
        maps: ['Attributes'],
      },
      operations: {
        ...topicOperations(topics, registry),
        ...permissionOperations(topics, registry),
        ...subscriptionOperations(topics),
        ...publishOperations(topics, publisher, registry),
      },
      access: snsAccess,
      resourcePolicy: (arn) => {
        const topic = topics.find(arn);
        return topic && topics.policyOf(topic);
      },
      resourceTags: (arn) => topics.find(arn)?.tags,
      conditionKeys: ['sns:Protocol', 'sns:Endpoint'],
      faultPoints: { Deliver: DELIVER_FAULTS },
      failure: (kind) =>
        kind === 'throttle'
          ? new AwsError('Throttled', 'Rate exceeded', { status: 429 })
          : new AwsError('InternalError', 'An internal error occurred.', { status: 500 }),
      dataSpaces: ['sns-deliveries', 'sns-deduplication'],
      start: () => deliveries.start(),
      stop: () => deliveries.stop(),
    },
    peer: topicAccess(topics, publisher, registry),
  };
}
