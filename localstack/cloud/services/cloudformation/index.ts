import type { CustomResourceAnswers } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { CONDITION_KEYS, cloudFormationAccess } from './access';
import { customResource } from './custom/custom-resource';
import { CustomResponses } from './custom/responses';
import { changeSetOperations } from './operations/change-set-operations';
import { cloudFormation } from './operations/cloudformation';
import { describeOperations } from './operations/describe-operations';
import { rollbackOperations } from './operations/rollback-operations';
import { stackOperations } from './operations/stack-operations';
import { templateOperations } from './operations/template-operations';
import { ResourceTypes } from './resources/table';
import { TakeUp } from './stacks/take-up';

/** CloudFormation: brings stacks of resources to the state that a template describes. */
export function createCloudFormation(context: CloudContext): {
  service: Service & { readonly name: 'cloudformation' };
  peer: CustomResourceAnswers;
} {
  const responses = new CustomResponses();
  const cloud = cloudFormation(context, new ResourceTypes(customResource(context, responses)));
  const takeUp = new TakeUp(context, cloud.stacks, cloud.deployments);
  const service: Service & { readonly name: 'cloudformation' } = {
    name: 'cloudformation',
    signingNames: ['cloudformation'],
    protocol: {
      kind: 'query',
      apiVersion: '2010-05-15',
      namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    },
    operations: takeUp.after({
      ...stackOperations(cloud),
      ...rollbackOperations(cloud),
      ...changeSetOperations(cloud),
      ...describeOperations(cloud),
      ...templateOperations(cloud),
    }),
    access: cloudFormationAccess,
    resourceTags: (arn) => {
      const [, , , region = '', account = ''] = arn.split(':');
      const tags = cloud.stacks.find({ account, region }, arn.split('/')[1] ?? '')?.tags;
      return tags && Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
    },
    conditionKeys: CONDITION_KEYS,
    start: () => takeUp.start(),
  };
  return { service, peer: { receive: (request) => responses.receive(request) } };
}
