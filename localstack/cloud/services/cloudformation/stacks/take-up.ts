import { uuid } from '../../../core/ids';
import type { Call, CloudContext, Operation } from '../../../core/service';
import type { Deployments } from './deployment';
import { inProgress, type Stack } from './stack';
import type { StackStore } from './stack-store';

/**
 * After a start: ends what ended with the process. A deployment that was on its way is rolled back (what it was to become
 * nobody waits for any more), everything else goes on.
 */
export class TakeUp {
  readonly #context: CloudContext;
  readonly #stacks: StackStore;
  readonly #deployments: Deployments;
  /** Marks what this very work calls. */
  readonly #requestId = uuid();
  #running: Promise<void> | undefined;

  constructor(context: CloudContext, stacks: StackStore, deployments: Deployments) {
    this.#context = context;
    this.#stacks = stacks;
    this.#deployments = deployments;
  }

  /** Does not wait: functions of custom resources reach the cloud only when it has started. */
  start(): void {
    const stacks = this.#stacks.all().filter(({ status }) => inProgress(status));
    if (stacks.length === 0) return;
    this.#running = this.#endAll(stacks).finally(() => {
      this.#running = undefined;
    });
  }

  /** The same operations, which find every stack standing still. */
  after(operations: Readonly<Record<string, Operation>>): Record<string, Operation> {
    const waiting = (operation: Operation): Operation => {
      return (input, call) =>
        this.#running && call.requestId !== this.#requestId
          ? this.#running.then(() => operation(input, call))
          : operation(input, call);
    };
    return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, waiting(operation)]));
  }

  async #endAll(stacks: readonly Stack[]): Promise<void> {
    // From the inside out: what belongs to a stack stands still when that one's turn comes.
    const depth = ({ parentId }: Stack): number => {
      const parent = parentId === undefined ? undefined : this.#stacks.all().find(({ id }) => id === parentId);
      return parent ? 1 + depth(parent) : 0;
    };
    const inwards = [...stacks].sort((a, b) => depth(b) - depth(a));
    for (const { id } of inwards) {
      const stack = this.#stacks.all().find((known) => known.id === id);
      if (stack && inProgress(stack.status)) await this.#end(stack);
    }
    await this.#deleteOrphans();
  }

  /** Stacks within a stack that it does not know of: it was making them when the process ended. */
  async #deleteOrphans(): Promise<void> {
    for (const stack of this.#stacks.all()) {
      const { id, parentId, status } = stack;
      if (parentId === undefined || status === 'DELETE_COMPLETE') continue;
      const known = [...this.#stacks.resources(parentId).values(), ...this.#stacks.undo.leftovers(parentId)];
      if (known.some(({ physicalId }) => physicalId === id)) continue;
      await this.#deployments.delete(stack, {}, this.#callFor(stack)).catch(console.error);
    }
  }

  async #end(stack: Stack): Promise<void> {
    const call = this.#callFor(stack);
    try {
      if (stack.status === 'DELETE_IN_PROGRESS') await this.#deployments.delete(stack, {}, call);
      else if (stack.status.endsWith('_CLEANUP_IN_PROGRESS')) await this.#deployments.finishCleanUp(stack, call);
      else await this.#deployments.rollBack(stack, call, { reason: `The local cloud stopped in ${stack.status}. ` });
    } catch (error) {
      // The others are still taken up.
      console.error(error);
    }
  }

  /** With all rights: who began the deployment is not known any more. A role of the stack still counts. */
  #callFor({ account, region }: Stack): Call {
    return {
      requestId: this.#requestId,
      account,
      region,
      principal: { kind: 'root', arn: `arn:aws:iam::${account}:root` },
      endpoint: this.#context.endpoint(),
    };
  }
}
