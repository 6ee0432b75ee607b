import { AwsError, notImplemented, refuseUnknown } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import type { Operation } from '../../../core/service';
import { type Change, type Detail, plan } from '../stacks/changes';
import type { OnFailure } from '../stacks/deployment';
import type { Stack } from '../stacks/stack';
import { validationError } from '../template/errors';
import type { ChangeSet } from './change-set';
import type { CloudFormation } from './cloudformation';
import { describeParameters } from './describe-stack';
import { checkUpdatable, newStack } from './stack-operations';
import { TARGET_MEMBERS, targetOf } from './target';

/** In the words that the CDK CLI compares with. */
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** How AWS says, and how the scope says, that a value is known only when the resource that yields it is there. */
const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';
const UNKNOWN = /\{\{not yet known: [^}]*\}\}/g;

/** Change sets: what a deployment would do, to be looked at before it is done. */
export function changeSetOperations(cloud: CloudFormation): Record<string, Operation> {
  const { context, stacks, changeSets, deployments, handlers } = cloud;
  const find = (input: { ChangeSetName: string; StackName?: string }, call: Parameters<Operation>[1]) => {
    const stack = input.StackName === undefined ? undefined : stacks.find(call, input.StackName);
    const changeSet = changeSets.get(String(input.ChangeSetName), stack);
    return { changeSet, stack: stack ?? stacks.get(call, changeSet.stackId) };
  };

  return {
    CreateChangeSet: async (input, call) => {
      refuseUnknown('CreateChangeSet', input, [
        ...TARGET_MEMBERS,
        'ChangeSetName',
        'ChangeSetType',
        'Description',
        'ClientToken',
        'IncludeNestedStacks',
        'ImportExistingResources',
        'OnStackFailure',
      ]);
      checkName(input.ChangeSetName);
      const kind = (input.ChangeSetType ?? 'UPDATE') as string;
      if (kind !== 'CREATE' && kind !== 'UPDATE') throw notImplemented(`CreateChangeSet: ChangeSetType ${kind}`);
      let stack = stacks.find(call, String(input.StackName));
      if (stack?.status === 'DELETE_COMPLETE') stack = undefined;
      if (kind === 'UPDATE' && !stack) throw validationError(`Stack [${input.StackName}] does not exist`);
      if (kind === 'CREATE' && stack && stack.status !== 'REVIEW_IN_PROGRESS') {
        throw validationError(
          `Stack [${stack.name}] already exists and cannot be created again with the changeSet [${input.ChangeSetName}].`,
        );
      }
      if (kind === 'UPDATE' && stack) checkUpdatable(stack);
      const known = stack ?? newStack(cloud, String(input.StackName), call, 'REVIEW_IN_PROGRESS');
      const namesake = changeSets.of(known).find(({ name }) => name === input.ChangeSetName);
      // `aws cloudformation deploy` names its change sets after the second, which is too long here: what cannot be carried
      // out (any more) makes room.
      if (namesake && namesake.executionStatus !== 'AVAILABLE') changeSets.delete(namesake);
      else if (namesake) {
        throw new AwsError(
          'AlreadyExistsException',
          `ChangeSet ${input.ChangeSetName} cannot be created due to a mismatch with existing attribute Template`,
        );
      }
      const target = await targetOf(cloud, 'CreateChangeSet', input, call, known);
      const resources = stacks.resources(known.id);
      const prepared = deployments.prepare(known, target, resources);
      const adoptable =
        String(input.ImportExistingResources) === 'true'
          ? await deployments.adoptable({ ...known, ...roleOf(target) }, prepared, call)
          : new Map<string, string>();
      const { changes, differs } = plan(known, target, prepared, resources, handlers);
      const changed = differs || kind === 'CREATE';
      if (!stack) stacks.set(known);
      const changeSet: ChangeSet = {
        ...target,
        id: `arn:aws:cloudformation:${call.region}:${call.account}:changeSet/${input.ChangeSetName}/${uuid()}`,
        name: String(input.ChangeSetName),
        stackId: known.id,
        kind,
        ...(input.Description && { description: String(input.Description) }),
        ...(input.OnStackFailure && { onStackFailure: String(input.OnStackFailure) }),
        status: changed ? 'CREATE_COMPLETE' : 'FAILED',
        ...(changed ? {} : { statusReason: NO_CHANGES }),
        executionStatus: changed ? 'AVAILABLE' : 'UNAVAILABLE',
        changes: changes.map((change) => {
          const physicalId = adoptable.get(change.logicalId);
          return physicalId === undefined ? change : { ...change, action: 'Import' as const, physicalId };
        }),
        createdAt: context.clock.now(),
      };
      changeSets.set(changeSet);
      return { Id: changeSet.id, StackId: known.id };
    },

    DescribeChangeSet: (input, call) => {
      refuseUnknown('DescribeChangeSet', input, ['ChangeSetName', 'StackName', 'NextToken', 'IncludePropertyValues']);
      const { changeSet, stack } = find(input, call);
      const withValues = String(input.IncludePropertyValues) === 'true';
      return {
        ...summary(changeSet, stack),
        Parameters: describeParameters(changeSet.parameters),
        NotificationARNs: [],
        RollbackConfiguration: {},
        Capabilities: changeSet.capabilities,
        Tags: changeSet.tags,
        Changes: changeSet.changes.map((change) => describeChange(change, withValues)),
        OnStackFailure: changeSet.onStackFailure,
      };
    },

    ListChangeSets: (input, call) => {
      const stack = stacks.get(call, input.StackName);
      return { Summaries: changeSets.of(stack).map((changeSet) => summary(changeSet, stack)) };
    },

    DeleteChangeSet: (input, call) => {
      try {
        changeSets.delete(find(input, call).changeSet);
      } catch (error) {
        // One that never was is as good as deleted; the CDK CLI deletes before it looks.
        if (!(error instanceof AwsError && error.code === 'ChangeSetNotFound')) throw error;
      }
    },

    ExecuteChangeSet: async (input, call) => {
      refuseUnknown('ExecuteChangeSet', input, ['ChangeSetName', 'StackName', 'ClientRequestToken', 'DisableRollback']);
      const { changeSet, stack } = find(input, call);
      if (changeSet.executionStatus !== 'AVAILABLE') {
        throw new AwsError(
          'InvalidChangeSetStatus',
          `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
        );
      }
      if (changeSet.kind === 'UPDATE') checkUpdatable(stack);
      const disableRollback = String(input.DisableRollback) === 'true';
      const onFailure: OnFailure = disableRollback
        ? 'DO_NOTHING'
        : ((changeSet.onStackFailure ?? 'ROLLBACK') as OnFailure);
      const { templateBody, parameters, references = {}, tags, capabilities } = changeSet;
      const target = { templateBody, parameters, references, tags, capabilities, ...roleOf(changeSet) };
      // Its siblings were made for a stack that will be no more.
      for (const other of changeSets.of(stack)) if (other.id !== changeSet.id) changeSets.delete(other);
      changeSets.set({ ...changeSet, executionStatus: 'UNAVAILABLE' });
      const after = await deployments.deploy(
        { ...stack, changeSetId: changeSet.id, disableRollback },
        target,
        {
          kind: changeSet.kind,
          onFailure,
          adopt: changeSet.changes.filter(({ action }) => action === 'Import').map(({ logicalId }) => logicalId),
        },
        call,
      );
      const done = after.status === `${changeSet.kind}_COMPLETE`;
      changeSets.set({ ...changeSet, executionStatus: done ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED' });
      return {};
    },
  };
}

/** With whose rights a stack is looked at and changed. */
const roleOf = ({ roleArn }: { readonly roleArn?: string }) => (roleArn === undefined ? {} : { roleArn });

function checkName(name: unknown): void {
  if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(String(name))) return;
  throw validationError(
    `1 validation error detected: Value '${name}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}

const summary = (changeSet: ChangeSet, stack: Stack) => ({
  ChangeSetName: changeSet.name,
  ChangeSetId: changeSet.id,
  StackId: stack.id,
  StackName: stack.name,
  Description: changeSet.description,
  CreationTime: new Date(changeSet.createdAt),
  ExecutionStatus: changeSet.executionStatus,
  Status: changeSet.status,
  StatusReason: changeSet.statusReason,
  IncludeNestedStacks: false,
});

function describeChange(change: Change, withValues: boolean): object {
  const { action, details, before, after } = change;
  const values = withValues && {
    ...(before && { BeforeContext: JSON.stringify({ Properties: before }) }),
    ...(after && { AfterContext: JSON.stringify({ Properties: after }).replace(UNKNOWN, KNOWN_AFTER_APPLY) }),
  };
  return {
    Type: 'Resource',
    ResourceChange: {
      ...(change.policyAction && { PolicyAction: change.policyAction }),
      Action: action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      ...(change.replacement && { Replacement: change.replacement }),
      Scope: [...new Set(details.map(({ attribute }) => attribute))],
      Details: details.map((detail) => describeDetail(detail, change, withValues)),
      ...values,
    },
  };
}

function describeDetail(detail: Detail, { before, after }: Change, withValues: boolean): object {
  const { attribute, name, cause } = detail;
  return {
    Target: {
      Attribute: attribute,
      ...(name !== undefined && { Name: name }),
      RequiresRecreation: detail.recreation,
      ...(withValues && name !== undefined && valuesOf(name, before?.[name], after?.[name])),
    },
    Evaluation: detail.evaluation,
    ChangeSource: cause?.source ?? 'DirectModification',
    ...(cause && { CausingEntity: cause.entity }),
  };
}

function valuesOf(name: string, before: unknown, after: unknown): object {
  const text = (value: unknown) => {
    const plain = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return plain.replace(UNKNOWN, KNOWN_AFTER_APPLY);
  };
  return {
    Path: `/Properties/${name}`,
    ...(before !== undefined && { BeforeValue: text(before) }),
    ...(after !== undefined && { AfterValue: text(after) }),
    AttributeChangeType: before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify',
  };
}
