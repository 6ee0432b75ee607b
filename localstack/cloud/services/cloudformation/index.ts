import type { CloudContext, Service } from '../../core/service';
import { changeSetOperations } from './operations/change-set-operations';
import { cloudFormation } from './operations/cloudformation';
import { describeOperations } from './operations/describe-operations';
import { stackOperations } from './operations/stack-operations';
import { templateOperations } from './operations/template-operations';
import { RESOURCE_HANDLERS } from './resources/table';
import { takeUp } from './stacks/take-up';

/** CloudFormation: brings stacks of resources to the state that a template describes. */
export function createCloudFormation(context: CloudContext): Service {
  const cloud = cloudFormation(context, RESOURCE_HANDLERS);
  return {
    name: 'cloudformation',
    signingNames: ['cloudformation'],
    protocol: {
      kind: 'query',
      apiVersion: '2010-05-15',
      namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    },
    operations: {
      ...stackOperations(cloud),
      ...changeSetOperations(cloud),
      ...describeOperations(cloud),
      ...templateOperations(cloud),
    },
    access: (operation, input, call) => {
      const { StackName: name } = input as { StackName?: string };
      const arn = (stack: string) =>
        stack.startsWith('arn:') ? stack : `arn:aws:cloudformation:${call.region}:${call.account}:stack/${stack}/*`;
      return [{ action: `cloudformation:${operation}`, resource: name ? arn(name) : '*' }];
    },
    start: () => takeUp(cloud.stacks),
  };
}
