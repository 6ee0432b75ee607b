import type { CloudContext } from '../../../core/service';
import type { ResourceHandler } from '../resources/handler';
import { Deployments } from '../stacks/deployment';
import { StackStore } from '../stacks/stack-store';
import { ChangeSets } from './change-set';

/** What the operations work on. */
export type CloudFormation = {
  readonly context: CloudContext;
  readonly handlers: ReadonlyMap<string, ResourceHandler>;
  readonly stacks: StackStore;
  readonly changeSets: ChangeSets;
  readonly deployments: Deployments;
};

export function cloudFormation(context: CloudContext, handlers: ReadonlyMap<string, ResourceHandler>): CloudFormation {
  const stacks = new StackStore(context);
  return {
    context,
    handlers,
    stacks,
    changeSets: new ChangeSets(context),
    deployments: new Deployments(context, stacks, handlers),
  };
}
