import { AwsError } from '../../../core/aws-error';
import { randomHex, randomName } from '../../../core/ids';
import type { Call, CloudContext } from '../../../core/service';
import { isGone } from '../resources/existence';
import {
  type Made,
  Moved,
  PartlyMade,
  type ResourceContext,
  ResourceFault,
  type ResourceHandler,
} from '../resources/handler';
import { checkProperties, notHere } from './check-properties';
import { lookingUp } from './looking-up';
import { reasonOf } from './reasons';
import { ServiceCalls } from './service-calls';
import { type Stack, type StackResource, sameResource } from './stack';
import type { StackStore } from './stack-store';
import { canonical } from './wanted';

/** The desired form of a resource, with its functions resolved. */
export type Wanted = Pick<
  StackResource,
  'logicalId' | 'type' | 'properties' | 'dependsOn' | 'deletionPolicy' | 'updateReplacePolicy' | 'metadata'
>;

/** Failed, with a reason that has been recorded. */
export class ResourceFailure extends Error {
  readonly logicalId: string;

  constructor(logicalId: string, reason: string) {
    super(reason);
    this.logicalId = logicalId;
  }
}

type Verb = 'CREATE' | 'UPDATE' | 'IMPORT';

/** What becomes of a resource that was on its way when another one failed. */
const CANCELLED: Readonly<Record<Verb, string>> = {
  CREATE: 'Resource creation cancelled',
  UPDATE: 'Resource update cancelled',
  IMPORT: 'Resource import cancelled',
};

/** Makes, changes and deletes single resources of a stack, and records each step. */
export class ResourceWork {
  readonly #context: CloudContext;
  readonly #stacks: StackStore;
  readonly #handlers: ReadonlyMap<string, ResourceHandler>;
  readonly #stack: Stack;
  readonly #calls: ServiceCalls;
  /** As it stands now, by logical id. */
  readonly live: Map<string, StackResource>;
  #cancelled = false;
  readonly #interruption = new AbortController();
  #waiting = 0;
  #parked: (() => void) | undefined;

  constructor(
    context: CloudContext,
    stacks: StackStore,
    handlers: ReadonlyMap<string, ResourceHandler>,
    stack: Stack,
    call: Call,
  ) {
    this.#context = context;
    this.#stacks = stacks;
    this.#handlers = handlers;
    this.#stack = stack;
    this.#calls = new ServiceCalls(context, stack, call);
    this.live = stacks.resources(stack.id);
  }

  /** From now on nothing succeeds any more: what is on its way ends as cancelled. */
  cancel(): void {
    this.#cancelled = true;
  }

  /** The same, at once: nobody is waited for any more. */
  interrupt(): void {
    this.cancel();
    this.#interruption.abort();
  }

  /** Makes a resource, perhaps in the place of one that cannot be changed into it. */
  async create(wanted: Wanted, replaces?: StackResource): Promise<void> {
    const { undo } = this.#stacks;
    undo.touch(this.#stack.id, wanted.logicalId, replaces);
    await this.#step(wanted, replaces ? 'UPDATE' : 'CREATE', replaces, {
      // A crash leaves a resource of which it is not known whether it was made.
      start: (starting) => this.#record(replaces ? { ...replaces, ...this.#stamp(starting.status) } : starting),
      ...(replaces && {
        why: 'Requested update requires the creation of a new physical resource; hence creating one.',
      }),
      run: (handler) => {
        if (replaces) refuseSameName(handler, wanted, replaces);
        return handler.create(wanted.properties, this.#resourceContext(wanted));
      },
      initiated: true,
    });
  }

  /** Takes over a resource that is there already, as it is. */
  async adopt(wanted: Wanted): Promise<void> {
    this.#stacks.undo.touch(this.#stack.id, wanted.logicalId, undefined);
    await this.#step(wanted, 'IMPORT', undefined, {
      run: async (handler) => {
        const found = await handler.existing?.(wanted.properties, this.#resourceContext(wanted));
        if (!found) throw new AwsError('NotFound', 'The resource to import does not exist');
        return found;
      },
    });
  }

  /** The id of a resource of this name that somebody else has made, if its type can be taken over. */
  async existing(wanted: Wanted): Promise<string | undefined> {
    const handler = this.#handlers.get(wanted.type);
    const found = await handler?.existing?.(wanted.properties, this.#resourceContext(wanted));
    return found?.physicalId;
  }

  async update(wanted: Wanted, before: StackResource): Promise<void> {
    this.#stacks.undo.touch(this.#stack.id, wanted.logicalId, before);
    const properties = mayBeApplied(before, wanted);
    const attempted = wanted.properties;
    let touched = false;
    await this.#step(wanted, 'UPDATE', before, {
      start: ({ status }) => this.#record({ ...before, properties, attempted, ...this.#stamp(status) }),
      // Refused before anything was done to it: there is nothing to put back.
      untouched: () => !touched,
      run: async (handler) => {
        const { physicalId = '', attributes, noEcho = false } = before;
        const context = this.#resourceContext(wanted, () => {
          touched = true;
        });
        const updated = await handler.update!(physicalId, wanted.properties, properties, context);
        if (updated instanceof Moved) return updated.made;
        return { physicalId, attributes: updated || attributes, noEcho };
      },
    });
  }

  /** Takes over what does not concern the resource itself: policies, metadata, dependencies. */
  note(wanted: Wanted, before: StackResource): void {
    this.#stacks.undo.touch(this.#stack.id, wanted.logicalId, before);
    const { deletionPolicy: _d, updateReplacePolicy: _u, metadata: _m, statusReason: _s, ...kept } = before;
    const status = before.status === 'UPDATE_FAILED' ? 'UPDATE_COMPLETE' : before.status;
    this.#record({ ...kept, ...wanted, status });
  }

  /** Puts a record back as it was; a resource that has taken its place is deleted at the end. */
  restore(before: StackResource): void {
    const { undo } = this.#stacks;
    const now = this.live.get(before.logicalId);
    undo.settle(before);
    if (now?.physicalId !== undefined && !sameResource(now, before)) undo.leave(now);
    const settled: StackResource = { ...before, ...this.#stamp('UPDATE_COMPLETE') };
    this.#record(settled);
    this.#event(settled, settled.status);
  }

  /** Records that a resource has failed before anything was done. */
  fail(wanted: Pick<StackResource, 'logicalId' | 'type'>, reason: string): never {
    const before = this.live.get(wanted.logicalId);
    const blank = { properties: {}, attributes: {}, dependsOn: [], ...wanted };
    const failed = {
      ...(before ?? blank),
      ...this.#stamp(before ? 'UPDATE_FAILED' : 'CREATE_FAILED'),
      statusReason: reason,
    };
    this.#stacks.undo.touch(this.#stack.id, wanted.logicalId, before);
    this.#record(failed);
    this.#event(failed, failed.status, reason);
    throw new ResourceFailure(wanted.logicalId, reason);
  }

  /**
   * Deletes a resource, or leaves it when it is to be retained. `replaced`: another one has its logical id; `undoing`: it was
   * made by the very deployment that is being rolled back. Throws `ResourceFailure`.
   */
  async delete(
    resource: StackResource,
    options: { replaced?: boolean; keep?: boolean; undoing?: boolean } = {},
  ): Promise<void> {
    const replacePolicy = options.undoing ? undefined : resource.updateReplacePolicy;
    const policy = options.replaced ? replacePolicy : resource.deletionPolicy;
    const forget = () => {
      if (options.replaced) this.#stacks.undo.settle(resource);
      else this.forget(resource);
    };
    // What was taken over was not made by this deployment, whatever became of that.
    const made = options.undoing && !resource.status.startsWith('IMPORT_');
    if (options.keep || policy === 'Retain' || (policy === 'RetainExceptOnCreate' && !made)) {
      this.#event(resource, 'DELETE_SKIPPED');
      forget();
      return;
    }
    if (resource.physicalId !== undefined) this.#event(resource, 'DELETE_IN_PROGRESS');
    try {
      const handler = this.#handlers.get(resource.type);
      if (resource.physicalId !== undefined && handler) {
        await handler.delete(resource.physicalId, resource.properties, this.#resourceContext(resource));
      }
    } catch (error) {
      // Deleting what somebody else has deleted already has worked.
      if (!isGone(error)) {
        const reason = this.#reasonOf(error);
        if (!options.replaced) this.#record({ ...resource, ...this.#stamp('DELETE_FAILED'), statusReason: reason });
        this.#event(resource, 'DELETE_FAILED', reason);
        throw new ResourceFailure(resource.logicalId, reason);
      }
    }
    this.#event(resource, 'DELETE_COMPLETE');
    forget();
  }

  /** A leftover that cannot be deleted stays where it is, and is nobody's. */
  abandon(leftover: StackResource): void {
    this.#stacks.undo.settle(leftover);
  }

  /** It is no part of the stack any more, whether it is gone or not. */
  forget(resource: StackResource): void {
    this.live.delete(resource.logicalId);
    this.#stacks.deleteResource(resource);
  }

  async #step(
    wanted: Wanted,
    verb: Verb,
    before: StackResource | undefined,
    { run, start = () => {}, untouched = () => false, why, initiated = false }: Step,
  ): Promise<void> {
    const { statusReason: _, attempted: _a, noEcho: _n, ...known } = before ?? { attributes: {} };
    const resource: StackResource = { ...known, ...wanted, ...this.#stamp(`${verb}_IN_PROGRESS`) };
    this.#event(resource, resource.status, why);
    try {
      const handler = this.#handlerFor(wanted);
      handler.check?.(wanted.properties, before?.properties);
      start(resource);
      const { physicalId, attributes = {}, noEcho } = await run(handler);
      // Recorded in the same turn as the resource itself was written: a crash leaves both or neither.
      const fresh = initiated || physicalId !== before?.physicalId;
      const done: StackResource = {
        ...resource,
        physicalId,
        attributes,
        ...(fresh && { incarnation: randomHex(8) }),
        ...(noEcho && { noEcho: true as const }),
        ...this.#stamp(`${verb}_COMPLETE`),
      };
      if (before && fresh) this.#stacks.undo.leave(before);
      if (initiated) this.#event({ ...resource, physicalId }, resource.status, 'Resource creation Initiated');
      if (this.#cancelled) this.#cancelledAfterAll(done, verb);
      this.#record(done);
      this.#event(done, done.status);
    } catch (thrown) {
      if (thrown instanceof ResourceFailure) throw thrown;
      const partly = thrown instanceof PartlyMade ? thrown : undefined;
      const reason = this.#reasonOf(partly ? partly.cause : thrown);
      // What was there before is still there; a resource that was never made is recorded as failed.
      const known = before && (untouched() ? before : this.live.get(wanted.logicalId));
      const left = known ?? before ?? resource;
      this.#record({
        ...left,
        ...(partly && !before && { physicalId: partly.physicalId }),
        ...this.#stamp(`${verb}_FAILED`),
        statusReason: reason,
      });
      if (partly && before) {
        this.#stacks.undo.leave({ ...resource, physicalId: partly.physicalId, incarnation: randomHex(8) });
      }
      this.#event(resource, `${verb}_FAILED`, reason);
      throw new ResourceFailure(wanted.logicalId, reason);
    }
  }

  /** It has been done, but the deployment it was done for has failed: what there is now is put back with the rest. */
  #cancelledAfterAll(done: StackResource, verb: Verb): never {
    const failed = { ...done, ...this.#stamp(`${verb}_FAILED`), statusReason: CANCELLED[verb] };
    this.#record(failed);
    this.#event(failed, failed.status, failed.statusReason);
    throw new ResourceFailure(done.logicalId, failed.statusReason);
  }

  #reasonOf(error: unknown): string {
    return reasonOf(error, this.#calls.answeredBy(error));
  }

  #handlerFor(wanted: Wanted): ResourceHandler {
    const handler = this.#handlers.get(wanted.type);
    if (!handler) throw notHere(wanted.type);
    checkProperties(handler, wanted);
    return lookingUp(handler);
  }

  #stamp(status: string) {
    return { stackId: this.#stack.id, status, changedAt: this.#context.clock.now() };
  }

  #record(resource: StackResource): void {
    this.live.set(resource.logicalId, resource);
    this.#stacks.setResource(resource);
  }

  #event(resource: StackResource, status: string, reason?: string): void {
    this.#stacks.addEvent({
      stackId: this.#stack.id,
      stackName: this.#stack.name,
      logicalId: resource.logicalId,
      physicalId: resource.physicalId ?? '',
      type: resource.type,
      status,
      ...(reason !== undefined && { reason }),
      properties: this.#withoutSecrets(JSON.stringify(resource.properties)),
    });
  }

  /** What resources answer under `NoEcho` is used, but not shown. */
  #withoutSecrets(text: string): string {
    let shown = text;
    for (const { noEcho, attributes } of this.live.values()) {
      if (!noEcho) continue;
      for (const value of Object.values(attributes)) {
        if (typeof value !== 'string' || value === '') continue;
        shown = shown.replaceAll(JSON.stringify(value).slice(1, -1), '****');
      }
    }
    return shown;
  }

  /** `onCall`: called before anything is done. */
  #resourceContext(
    { logicalId, type }: Pick<StackResource, 'logicalId' | 'type'>,
    onCall: () => void = () => {},
  ): ResourceContext {
    const { account, region, id, name, capabilities } = this.#stack;
    return {
      account,
      region,
      logicalId,
      type,
      stackId: id,
      stackName: name,
      capabilities,
      principal: this.#calls.principal,
      interrupted: this.#interruption.signal,
      waitFor: (work) => {
        onCall();
        return this.#waitFor(work);
      },
      call: (service, operation, input) => {
        onCall();
        return this.#calls.call(service, operation, input);
      },
      newName: (maxLength) => newName(name, logicalId, maxLength),
    };
  }

  /** Several resources may wait at a time, for one deployment that is at work. */
  async #waitFor<T>(work: Promise<T>): Promise<T> {
    this.#parked ??= this.#context.activity.park();
    this.#waiting++;
    try {
      return await work;
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) {
        this.#parked?.();
        this.#parked = undefined;
      }
    }
  }
}

type Step = {
  readonly run: (handler: ResourceHandler) => Promise<Made>;
  /** Records, before anything is done, what is about to be. */
  readonly start?: (starting: StackResource) => void;
  /** Whether the resource is certainly as it was. */
  readonly untouched?: () => boolean;
  /** Said of the step as it begins. */
  readonly why?: string;
  /** Whether something new comes into being. */
  readonly initiated?: boolean;
};

/** Two resources of one name cannot be: the new one would have to be there before the old one goes. */
function refuseSameName({ nameProperty }: ResourceHandler, wanted: Wanted, before: StackResource): void {
  if (nameProperty === undefined) return;
  const name = wanted.properties[nameProperty];
  if (name === undefined || name !== before.properties[nameProperty]) return;
  throw new ResourceFault(
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
  );
}

/**
 * The properties that a resource may have now, so chosen that their difference to what is wanted covers all that may have
 * to be done: after a failed update, any part of what that attempted may have been applied.
 */
function mayBeApplied({ properties, attempted }: StackResource, wanted: Wanted): Record<string, unknown> {
  if (!attempted) return properties;
  const names = new Set([...Object.keys(properties), ...Object.keys(attempted)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const differs = canonical(attempted[name]) !== canonical(wanted.properties[name]);
      const value = differs ? attempted[name] : properties[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** `stack-logicalid-RANDOM`; both names are cut when that is too long. */
function newName(stackName: string, logicalId: string, maxLength: number): string {
  const random = randomName(12);
  const room = maxLength - random.length - 2;
  const forStack = Math.max(room - logicalId.length, Math.floor(room / 2));
  const stack = stackName.slice(0, forStack);
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${random}`;
}
