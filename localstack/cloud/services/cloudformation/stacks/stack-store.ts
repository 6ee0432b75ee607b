import { randomHex } from '../../../core/ids';
import { afterPrefix, joinKey } from '../../../core/key';
import { Records } from '../../../core/records';
import type { Call, CloudContext } from '../../../core/service';
import type { Space } from '../../../core/store';
import { validationError } from '../template/errors';
import type { Stack, StackResource } from './stack';
import { UndoLog } from './undo-log';

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
  /** The same resources, by stack and logical id. */
  readonly #byStack = new Map<string, Map<string, StackResource>>();
  readonly #events: Space;
  /** Number and time of the last event, by stack. */
  readonly #lastEvents = new Map<string, { number: number; at: number }>();
  /** What deployments that are not at their end may have to put back. */
  readonly undo: UndoLog;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#stacks = new Records(context.store.space('cfn-stacks'));
    this.#resources = new Records(context.store.space('cfn-resources'));
    this.#events = context.store.space('cfn-events');
    this.undo = new UndoLog(context);
    for (const resource of this.#resources.values()) this.#of(resource.stackId).set(resource.logicalId, resource);
  }

  #of(stackId: string): Map<string, StackResource> {
    let own = this.#byStack.get(stackId);
    if (!own) {
      own = new Map();
      this.#byStack.set(stackId, own);
    }
    return own;
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

  /** Gives the stack a status, with an event of it. */
  setStatus(stack: Stack, status: string, reason?: string): Stack {
    const { statusReason: _, ...rest } = stack;
    const next = this.set({ ...rest, status, ...(reason !== undefined && { statusReason: reason }) });
    this.addEvent({
      stackId: next.id,
      stackName: next.name,
      logicalId: next.name,
      physicalId: next.id,
      type: 'AWS::CloudFormation::Stack',
      status,
      ...(reason !== undefined && { reason }),
    });
    return next;
  }

  delete(stack: Stack): void {
    this.#stacks.delete(stack.id);
  }

  /** A copy, in the order of the logical ids. */
  resources(stackId: string): Map<string, StackResource> {
    return new Map([...this.#of(stackId)].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  setResource(resource: StackResource): void {
    this.#resources.set(`${resource.stackId}/${resource.logicalId}`, resource);
    this.#of(resource.stackId).set(resource.logicalId, resource);
  }

  deleteResource(resource: StackResource): void {
    this.#resources.delete(`${resource.stackId}/${resource.logicalId}`);
    this.#of(resource.stackId).delete(resource.logicalId);
  }

  addEvent(event: Omit<StackEvent, 'id' | 'at'>): void {
    const last = this.#lastEvent(event.stackId);
    last.number++;
    // Tools sort by time: events of one millisecond have to keep their order.
    last.at = Math.max(this.#context.clock.now(), last.at + 1);
    const id = `${event.logicalId}-${event.status}-${randomHex(12)}`;
    this.#events.put(joinKey(event.stackId, last.number), JSON.stringify({ ...event, id, at: last.at }));
  }

  #lastEvent(stackId: string): { number: number; at: number } {
    let last = this.#lastEvents.get(stackId);
    if (!last) {
      const prefix = joinKey(stackId);
      const [entry] = this.#events.range({ start: prefix, end: afterPrefix(prefix), reverse: true, limit: 1 });
      last = entry
        ? { number: Number(entry[0].slice(prefix.length)), at: (JSON.parse(entry[1]) as StackEvent).at }
        : { number: -1, at: 0 };
      this.#lastEvents.set(stackId, last);
    }
    return last;
  }

  /** Newest first. */
  events(stackId: string): StackEvent[] {
    const prefix = joinKey(stackId);
    const entries = this.#events.range({ start: prefix, end: afterPrefix(prefix), reverse: true });
    return [...entries].map(([, text]) => JSON.parse(text) as StackEvent);
  }
}
