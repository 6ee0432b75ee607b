import type { Stack, StackResource } from '../stacks/stack';
import type { ParameterValue } from '../template/parameters';

/** Parameters as they are shown: secrets are not. */
export const describeParameters = (parameters: readonly ParameterValue[]) =>
  parameters.map(({ key, value, resolved, noEcho }) => ({
    ParameterKey: key,
    ParameterValue: noEcho ? '****' : value,
    ...(resolved !== undefined && { ResolvedValue: resolved }),
  }));

export const describeStack = (stack: Stack) => ({
  StackId: stack.id,
  StackName: stack.name,
  ChangeSetId: stack.changeSetId,
  Description: stack.description,
  Parameters: describeParameters(stack.parameters),
  CreationTime: new Date(stack.createdAt),
  DeletionTime: date(stack.deletedAt),
  LastUpdatedTime: date(stack.updatedAt),
  RollbackConfiguration: {},
  StackStatus: stack.status,
  StackStatusReason: stack.statusReason,
  DisableRollback: stack.disableRollback,
  TimeoutInMinutes: stack.timeoutInMinutes,
  NotificationARNs: [],
  Capabilities: stack.capabilities,
  Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
    OutputKey: key,
    OutputValue: value,
    Description: description,
    ExportName: exportName,
  })),
  RoleARN: stack.roleArn,
  Tags: stack.tags,
  EnableTerminationProtection: stack.terminationProtection,
  ParentId: stack.parentId,
  RootId: stack.rootId,
  DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
});

export const summariseStack = (stack: Stack) => ({
  StackId: stack.id,
  StackName: stack.name,
  TemplateDescription: stack.description,
  CreationTime: new Date(stack.createdAt),
  LastUpdatedTime: date(stack.updatedAt),
  DeletionTime: date(stack.deletedAt),
  StackStatus: stack.status,
  StackStatusReason: stack.statusReason,
  ParentId: stack.parentId,
  RootId: stack.rootId,
  DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
});

export const describeResource = (stack: Stack, resource: StackResource) => ({
  StackName: stack.name,
  StackId: stack.id,
  ...resourceMembers(resource),
  Timestamp: new Date(resource.changedAt),
});

export const describeResourceDetail = (stack: Stack, resource: StackResource) => ({
  StackName: stack.name,
  StackId: stack.id,
  ...resourceMembers(resource),
  LastUpdatedTimestamp: new Date(resource.changedAt),
  Metadata: resource.metadata === undefined ? undefined : JSON.stringify(resource.metadata),
});

export const summariseResource = (resource: StackResource) => ({
  ...resourceMembers(resource),
  LastUpdatedTimestamp: new Date(resource.changedAt),
});

const resourceMembers = (resource: StackResource) => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId,
  ResourceType: resource.type,
  ResourceStatus: resource.status,
  ResourceStatusReason: resource.statusReason,
  DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
});

const date = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
