import { AwsError } from '../cloud/core/aws-error';
import type { Registry } from '../cloud/core/registry';
import type { Call } from '../cloud/core/service';

export type StackToDeploy = {
  readonly name: string;
  readonly template: string;
  /** Where else it stands: a large template cannot be handed over directly. */
  readonly templateUrl?: string;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly terminationProtection: boolean;
  readonly parameters: Readonly<Record<string, string>>;
};

type DescribedStack = {
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
  readonly Outputs: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
};

/** A deployment that CloudFormation rolled back, said in a few lines. */
export class DeploymentFailed extends Error {
  override readonly name = 'DeploymentFailed';
}

/** Statuses that a stack cannot be updated from: what is left of it has to go first. */
const DEAD = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED', 'REVIEW_IN_PROGRESS'];

/** Brings a stack to its template. Returns whether anything had to be done. Throws `DeploymentFailed`. */
export async function deployStack(stack: StackToDeploy, registry: Registry, call: Call): Promise<boolean> {
  const run = (operation: string, input: object) => registry.call('cloudformation', operation, input, call);
  const input = {
    StackName: stack.name,
    ...(stack.templateUrl === undefined ? { TemplateBody: stack.template } : { TemplateURL: stack.templateUrl }),
    Tags: stack.tags,
    Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  };
  let existing = await describeStack(stack.name, registry, call);
  if (existing && DEAD.includes(existing.StackStatus)) {
    await run('DeleteStack', { StackName: stack.name });
    const left = await describeStack(stack.name, registry, call);
    if (left) throw await failure(stack.name, left, registry, call);
    existing = undefined;
  }
  if (existing) {
    try {
      await run('UpdateStack', input);
    } catch (error) {
      if (error instanceof AwsError && error.message === 'No updates are to be performed.') return false;
      throw explained(stack.name, error);
    }
  } else {
    await run('CreateStack', { ...input, EnableTerminationProtection: stack.terminationProtection }).catch(
      (error: unknown) => {
        throw explained(stack.name, error);
      },
    );
  }
  const after = await describeStack(stack.name, registry, call);
  if (after?.StackStatus !== (existing ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE')) {
    throw await failure(stack.name, after, registry, call);
  }
  return true;
}

/** Undefined when there is no such stack. */
export async function describeStack(name: string, registry: Registry, call: Call): Promise<DescribedStack | undefined> {
  try {
    const { Stacks } = await registry.call('cloudformation', 'DescribeStacks', { StackName: name }, call);
    return Stacks[0] as DescribedStack;
  } catch (error) {
    if (error instanceof AwsError && /does not exist$/.test(error.message)) return undefined;
    throw error;
  }
}

type StackEvent = {
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
};

/** Names the resources that failed in the last deployment, and why. */
async function failure(
  name: string,
  stack: DescribedStack | undefined,
  registry: Registry,
  call: Call,
): Promise<DeploymentFailed> {
  const events = await lastDeployment(name, registry, call);
  const failed = events
    .filter(({ ResourceStatus, LogicalResourceId }) => ResourceStatus.endsWith('_FAILED') && LogicalResourceId !== name)
    .map((event) => `  ${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`);
  const rollback = events.find(({ ResourceStatus }) => ResourceStatus.endsWith('ROLLBACK_IN_PROGRESS'));
  const reasons =
    failed.length > 0
      ? failed
      : [`  ${rollback?.ResourceStatusReason ?? stack?.StackStatusReason ?? 'no reason given'}`];
  return new DeploymentFailed(
    `Stack ${name} could not be deployed (${stack?.StackStatus ?? 'gone'}):\n${reasons.join('\n')}`,
  );
}

/** The events of the last deployment, oldest first. */
async function lastDeployment(StackName: string, registry: Registry, call: Call): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const input = { StackName, ...(NextToken && { NextToken }) };
    const page = await registry.call('cloudformation', 'DescribeStackEvents', input, call);
    for (const event of page.StackEvents as StackEvent[]) {
      events.unshift(event);
      if (event.LogicalResourceId === StackName && event.ResourceStatusReason === 'User Initiated') return events;
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return events;
}

const explained = (name: string, error: unknown) =>
  error instanceof AwsError
    ? new DeploymentFailed(`Stack ${name} could not be deployed:\n  ${error.message}`, { cause: error })
    : error;
