import { refuseUnknown } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import type { Stack } from '../stacks/stack';
import { validationError } from '../template/errors';
import type { CloudFormation } from './cloudformation';

/** Where a deployment stops that is told not to roll back by itself. */
const PAUSED = ['CREATE_FAILED', 'UPDATE_FAILED'];

/** Rolling back afterwards what a deployment with `DisableRollback` has left. Answers when the work is done. */
export function rollbackOperations(cloud: CloudFormation): Record<string, Operation> {
  const { stacks, deployments } = cloud;
  return {
    RollbackStack: async (input, call) => {
      refuseUnknown('RollbackStack', input, ['StackName', 'RoleARN', 'ClientRequestToken', 'RetainExceptOnCreate']);
      const stack = stacks.find(call, String(input.StackName));
      if (!stack || stack.status === 'DELETE_COMPLETE') {
        throw validationError(`Stack [${input.StackName}] does not exist`);
      }
      if (!PAUSED.includes(stack.status)) {
        throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
      }
      if (String(input.RetainExceptOnCreate) === 'true') giveUpWhatIsNew(cloud, stack);
      const acting = input.RoleARN ? { ...stack, roleArn: String(input.RoleARN) } : stack;
      await deployments.rollBack(acting, call, { reason: 'User Initiated' });
      return { StackId: stack.id };
    },
  };
}

/** As if the template said so itself: what has been made since the last good state goes, be it to be retained or not. */
function giveUpWhatIsNew({ stacks }: CloudFormation, stack: Stack): void {
  const touched = stacks.undo.touched(stack.id);
  for (const [logicalId, resource] of stacks.resources(stack.id)) {
    const made = !stack.lastGood || (touched.has(logicalId) && touched.get(logicalId) === undefined);
    if (made && resource.deletionPolicy === 'Retain') {
      stacks.setResource({ ...resource, deletionPolicy: 'RetainExceptOnCreate' });
    }
  }
}
