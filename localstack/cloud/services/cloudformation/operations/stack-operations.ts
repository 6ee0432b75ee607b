import { AwsError, refuseUnknown } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import type { Call, Operation } from '../../../core/service';
import { plan } from '../stacks/changes';
import type { OnFailure } from '../stacks/deployment';
import { placeInTree } from '../stacks/nested';
import { inProgress, type Stack, UPDATABLE } from '../stacks/stack';
import { validationError } from '../template/errors';
import type { CloudFormation } from './cloudformation';
import { checkDeploymentConfig, TARGET_MEMBERS, targetOf } from './target';

/** A stack that nothing has been deployed to. */
export function newStack(cloud: CloudFormation, name: string, call: Call, status: string): Stack {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  }
  return {
    id: `arn:aws:cloudformation:${call.region}:${call.account}:stack/${name}/${uuid()}`,
    name,
    account: call.account,
    region: call.region,
    status,
    templateBody: '',
    parameters: [],
    tags: [],
    capabilities: [],
    outputs: [],
    imports: [],
    terminationProtection: false,
    disableRollback: false,
    ...placeInTree(call, cloud.stacks),
    createdAt: cloud.context.clock.now(),
  };
}

/** Throws unless the stack stands still in a state that can be updated. */
export function checkUpdatable(stack: Stack): void {
  if (!UPDATABLE.includes(stack.status)) {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }
}

/** Creating, updating and deleting stacks directly. Each answers when the work is done, however it ended. */
export function stackOperations(cloud: CloudFormation): Record<string, Operation> {
  const { stacks, deployments, changeSets } = cloud;
  return {
    CreateStack: async (input, call) => {
      refuseUnknown('CreateStack', input, [
        ...TARGET_MEMBERS,
        'DisableRollback',
        'OnFailure',
        'EnableTerminationProtection',
        'TimeoutInMinutes',
      ]);
      const existing = stacks.find(call, input.StackName);
      if (existing) throw new AwsError('AlreadyExistsException', `Stack [${existing.name}] already exists`);
      const disableRollback = String(input.DisableRollback) === 'true';
      const fresh: Stack = {
        ...newStack(cloud, String(input.StackName), call, 'CREATE_IN_PROGRESS'),
        terminationProtection: String(input.EnableTerminationProtection) === 'true',
        disableRollback,
        ...(input.TimeoutInMinutes && { timeoutInMinutes: minutes(input.TimeoutInMinutes) }),
      };
      const target = await targetOf(cloud, 'CreateStack', input, call, fresh);
      deployments.prepare(fresh, target, new Map());
      const onFailure = (input.OnFailure ?? (disableRollback ? 'DO_NOTHING' : 'ROLLBACK')) as OnFailure;
      const stack = await deployments.deploy(fresh, target, { kind: 'CREATE', onFailure }, call);
      return { StackId: stack.id };
    },

    UpdateStack: async (input, call) => {
      refuseUnknown('UpdateStack', input, [...TARGET_MEMBERS, 'DisableRollback']);
      const stack = stacks.find(call, String(input.StackName));
      if (!stack || stack.status === 'DELETE_COMPLETE') {
        throw validationError(`Stack [${input.StackName}] does not exist`);
      }
      checkUpdatable(stack);
      const target = await targetOf(cloud, 'UpdateStack', input, call, stack);
      const resources = stacks.resources(stack.id);
      const prepared = deployments.prepare(stack, target, resources);
      if (!plan(stack, target, prepared, resources, cloud.handlers).differs) {
        throw validationError('No updates are to be performed.');
      }
      const onFailure = String(input.DisableRollback) === 'true' ? 'DO_NOTHING' : 'ROLLBACK';
      await deployments.deploy(stack, target, { kind: 'UPDATE', onFailure }, call);
      return { StackId: stack.id };
    },

    DeleteStack: async (input, call) => {
      refuseUnknown('DeleteStack', input, [
        'StackName',
        'RetainResources',
        'RoleARN',
        'ClientRequestToken',
        'DeploymentConfig',
      ]);
      checkDeploymentConfig('DeleteStack', input);
      const stack = stacks.find(call, String(input.StackName));
      // Deleting what is not there is no error.
      if (!stack || stack.status === 'DELETE_COMPLETE') return;
      if (stack.terminationProtection) {
        throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
      }
      if (inProgress(stack.status)) {
        throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be deleted.`);
      }
      const retain = (input.RetainResources || []) as string[];
      if (retain.length > 0 && stack.status !== 'DELETE_FAILED') {
        throw validationError(
          'Invalid operation on stack. RetainResources can only be specified for stacks in DELETE_FAILED state.',
        );
      }
      const acting = input.RoleARN ? { ...stack, roleArn: String(input.RoleARN) } : stack;
      const after = await deployments.delete(acting, { retain }, call);
      if (after.status === 'DELETE_COMPLETE') {
        for (const changeSet of changeSets.of(stack)) changeSets.delete(changeSet);
      }
    },

    UpdateTerminationProtection: (input, call) => {
      const stack = stacks.get(call, input.StackName);
      stacks.set({ ...stack, terminationProtection: String(input.EnableTerminationProtection) === 'true' });
      return { StackId: stack.id };
    },
  };
}

function minutes(given: unknown): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1) return value;
  throw validationError(
    `1 validation error detected: Value '${given}' at 'timeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  );
}
