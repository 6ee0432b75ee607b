import { notImplemented, refuseUnknown } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import type { Stack } from '../stacks/stack';
import { validationError } from '../template/errors';
import type { CloudFormation } from './cloudformation';

/** Where a deployment stops that is told not to roll back by itself. */
const PAUSED = ['CREATE_FAILED', 'UPDATE_FAILED'];

/** Rolling back afterwards what a deployment with `DisableRollback`, or a rollback that failed, has left. */
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
      await deployments.rollBack(actingWith(stack, input.RoleARN), call, { reason: 'User Initiated' });
      return { StackId: stack.id };
    },

    ContinueUpdateRollback: async (input, call) => {
      refuseUnknown('ContinueUpdateRollback', input, ['StackName', 'RoleARN', 'ResourcesToSkip', 'ClientRequestToken']);
      const stack = stacks.get(call, String(input.StackName));
      if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
        throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not continue rolling back.`);
      }
      const skip = (input.ResourcesToSkip || []) as string[];
      const resources = stacks.resources(stack.id);
      const others = skip.filter((id) => resources.get(id)?.status !== 'UPDATE_FAILED');
      if (others.length > 0) {
        throw validationError(
          `Resources [${others.join(', ')}] can not be skipped: they are not in UPDATE_FAILED state.`,
        );
      }
      await deployments.rollBack(actingWith(stack, input.RoleARN), call, { skip, reason: 'User Initiated' });
    },

    CancelUpdateStack: (input, call) => {
      refuseUnknown('CancelUpdateStack', input, ['StackName', 'ClientRequestToken']);
      const stack = stacks.get(call, String(input.StackName));
      if (stack.status !== 'UPDATE_IN_PROGRESS') {
        throw validationError('CancelUpdateStack cannot be called from current stack status');
      }
      throw notImplemented('CancelUpdateStack of an update that waits for a resource');
    },
  };
}

const actingWith = (stack: Stack, roleArn: unknown): Stack =>
  roleArn ? { ...stack, roleArn: String(roleArn) } : stack;

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
