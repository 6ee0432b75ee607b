import { refuseUnknown } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import { exportsOf, importersOf } from '../stacks/exports';
import type { StackEvent } from '../stacks/stack-store';
import { validationError } from '../template/errors';
import type { CloudFormation } from './cloudformation';
import {
  describeResource,
  describeResourceDetail,
  describeStack,
  summariseResource,
  summariseStack,
} from './describe-stack';

const EVENTS_PAGE = 100;

/** Looking at stacks, their resources, events and exports. */
export function describeOperations({ stacks }: CloudFormation): Record<string, Operation> {
  return {
    DescribeStacks: (input, call) => {
      const found = input.StackName
        ? [stacks.get(call, input.StackName)]
        : stacks.of(call).filter((stack) => stack.status !== 'DELETE_COMPLETE');
      return { Stacks: found.map(describeStack) };
    },

    ListStacks: (input, call) => {
      refuseUnknown('ListStacks', input, ['StackStatusFilter', 'NextToken']);
      const wanted = (input.StackStatusFilter || []) as string[];
      const found = stacks
        .of(call)
        .filter((stack) => wanted.length === 0 || wanted.includes(stack.status))
        .sort((a, b) => b.createdAt - a.createdAt);
      return { StackSummaries: found.map(summariseStack) };
    },

    DescribeStackEvents: (input, call) => {
      const stack = stacks.get(call, input.StackName);
      const events = stacks.events(stack.id);
      const start = Number(input.NextToken ?? 0);
      const end = start + EVENTS_PAGE;
      return {
        StackEvents: events.slice(start, end).map(describeEvent),
        ...(end < events.length && { NextToken: String(end) }),
      };
    },

    DescribeStackResource: (input, call) => {
      const stack = stacks.get(call, input.StackName);
      const resource = stacks.resources(stack.id).get(input.LogicalResourceId);
      if (!resource) {
        throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
      }
      return { StackResourceDetail: describeResourceDetail(stack, resource) };
    },

    DescribeStackResources: (input, call) => {
      const { StackName: name, PhysicalResourceId: physicalId, LogicalResourceId: logicalId } = input;
      const stack = name
        ? stacks.get(call, name)
        : stacks
            .of(call)
            .find(({ id }) =>
              [...stacks.resources(id).values()].some((resource) => resource.physicalId === physicalId),
            );
      if (!stack) throw validationError(`Stack for ${physicalId} does not exist`);
      const resources = [...stacks.resources(stack.id).values()].filter(
        (resource) => logicalId === undefined || resource.logicalId === logicalId,
      );
      return { StackResources: resources.map((resource) => describeResource(stack, resource)) };
    },

    ListStackResources: (input, call) => {
      const stack = stacks.get(call, input.StackName);
      return { StackResourceSummaries: [...stacks.resources(stack.id).values()].map(summariseResource) };
    },

    ListExports: (_input, call) => ({
      Exports: exportsOf(stacks, call).map(({ name, value, stack }) => ({
        ExportingStackId: stack.id,
        Name: name,
        Value: value,
      })),
    }),

    ListImports: (input, call) => {
      const importers = importersOf(stacks, call, String(input.ExportName));
      if (importers.length === 0) {
        throw validationError(`Export '${input.ExportName}' is not imported by any stack.`);
      }
      return { Imports: importers };
    },
  };
}

const describeEvent = (event: StackEvent) => ({
  StackId: event.stackId,
  EventId: event.id,
  StackName: event.stackName,
  LogicalResourceId: event.logicalId,
  PhysicalResourceId: event.physicalId,
  ResourceType: event.type,
  Timestamp: new Date(event.at),
  ResourceStatus: event.status,
  ResourceStatusReason: event.reason,
  ResourceProperties: event.properties,
});
