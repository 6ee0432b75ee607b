import { Records } from '../../../core/records';
import type { CloudContext } from '../../../core/service';
import type { StackResource } from './stack';

type Touched = {
  readonly stackId: string;
  readonly logicalId: string;
  /** As it was; missing for a resource that the template did not have. */
  readonly before?: StackResource;
};

/**
 * What has to be put back or cleared away while a stack is on its way from one good state to the next. It is empty when
 * the stack stands still, and outlives the process: a deployment that ended with it can still be rolled back.
 */
export class UndoLog {
  readonly #touched: Records<Touched>;
  readonly #leftovers: Records<StackResource>;

  constructor(context: CloudContext) {
    this.#touched = new Records(context.store.space('cfn-touched'));
    this.#leftovers = new Records(context.store.space('cfn-leftovers'));
  }

  /** To be called before a resource is first touched; later calls change nothing. */
  touch(stackId: string, logicalId: string, before: StackResource | undefined): void {
    const key = `${stackId}/${logicalId}`;
    if (!this.#touched.has(key)) this.#touched.set(key, { stackId, logicalId, ...(before && { before }) });
  }

  /** The resources touched since the last good state, as they were then. */
  touched(stackId: string): Map<string, StackResource | undefined> {
    const own = this.#touched.values().filter((entry) => entry.stackId === stackId);
    return new Map(own.map(({ logicalId, before }) => [logicalId, before]));
  }

  /** A resource that has lost its place in the stack (or never got it) and is to be deleted at the end. */
  leave(resource: StackResource): void {
    this.#leftovers.set(leftoverKey(resource), resource);
  }

  /** It has its place again, or is gone. */
  settle(resource: StackResource): void {
    this.#leftovers.delete(leftoverKey(resource));
  }

  leftovers(stackId: string): StackResource[] {
    return this.#leftovers.values().filter((resource) => resource.stackId === stackId);
  }

  /** The stack is in a good state: nothing is put back any more. What is left over stays to be deleted. */
  commit(stackId: string): void {
    for (const logicalId of this.touched(stackId).keys()) this.#touched.delete(`${stackId}/${logicalId}`);
  }
}

const leftoverKey = ({ stackId, logicalId, incarnation, physicalId }: StackResource) =>
  `${stackId}/${logicalId}/${incarnation}/${physicalId}`;
