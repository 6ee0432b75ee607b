import { randomHex } from '../../../core/ids';
import { afterPrefix, joinKey } from '../../../core/key';
import { Records } from '../../../core/records';
import type { Call, CloudContext } from '../../../core/service';
import type { Space } from '../../../core/store';
import { validationError } from '../template/errors';
import type { Stack, StackResource } from './stack';

export type StackEvent = {
  readonly id: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  /** JSON. */
  readonly properties?: string;
  readonly at: number;
};

/** Stacks, their resources and what happened to them. Deleted stacks stay, without resources. */
export class StackStore {
  readonly #context: CloudContext;
  readonly #stacks: Records<Stack>;
  readonly #resources: Records<StackResource>;
  readonly #events: Space;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#stacks = new Records(context.store.space('cfn-stacks'));
    this.#resources = new Records(context.store.space('cfn-resources'));
    this.#events = context.store.space('cfn-events');
  }

  /** By name (of a stack that is there) or by ARN (also of a deleted one). */
  find(call: Pick<Call, 'account' | 'region'>, nameOrId: string): Stack | undefined {
    if (nameOrId.startsWith('arn:')) return this.#stacks.get(nameOrId);
    return this.of(call).find((stack) => stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE');
  }

  /** Throws `ValidationError`, in the words that the CDK CLI looks for. */
  get(call: Pick<Call, 'account' | 'region'>, nameOrId: string): Stack {
    const stack = this.find(call, nameOrId);
    if (!stack) throw validationError(`Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  /** All stacks of an account and region, deleted ones too. */
  of({ account, region }: Pick<Call, 'account' | 'region'>): Stack[] {
    return this.#stacks.values().filter((stack) => stack.account === account && stack.region === region);
  }

  all(): Stack[] {
    return this.#stacks.values();
  }

  set(stack: Stack): Stack {
    this.#stacks.set(stack.id, stack);
    return stack;
  }

  delete(stack: Stack): void {
    this.#stacks.delete(stack.id);
  }

  resources(stackId: string): Map<string, StackResource> {
    const own = this.#resources.entries().filter(([key]) => key.startsWith(`${stackId}/`));
    return new Map(own.map(([, resource]) => [resource.logicalId, resource]));
  }

  setResource(resource: StackResource): void {
    this.#resources.set(`${resource.stackId}/${resource.logicalId}`, resource);
  }

  deleteResource(resource: StackResource): void {
    this.#resources.delete(`${resource.stackId}/${resource.logicalId}`);
  }

  addEvent(event: Omit<StackEvent, 'id' | 'at'>): void {
    const prefix = joinKey(event.stackId);
    const [last] = this.#events.range({ start: prefix, end: afterPrefix(prefix), reverse: true, limit: 1 });
    const number = last ? Number(last[0].slice(prefix.length)) + 1 : 0;
    const full: StackEvent = {
      ...event,
      id: `${event.logicalId}-${event.status}-${randomHex(12)}`,
      // Tools sort by time: events of one millisecond have to keep their order.
      at: Math.max(this.#context.clock.now(), last ? (JSON.parse(last[1]) as StackEvent).at + 1 : 0),
    };
    this.#events.put(joinKey(event.stackId, number), JSON.stringify(full));
  }

  /** Newest first. */
  events(stackId: string): StackEvent[] {
    const prefix = joinKey(stackId);
    const entries = this.#events.range({ start: prefix, end: afterPrefix(prefix), reverse: true });
    return [...entries].map(([, text]) => JSON.parse(text) as StackEvent);
  }
}
