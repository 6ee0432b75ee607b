import { AwsError } from '../../../core/aws-error';
import { randomName } from '../../../core/ids';
import { asAwsError } from '../../../core/registry';
import type { Call, CloudContext, Principal } from '../../../core/service';
import {
  type Made,
  Moved,
  PartlyMade,
  type ResourceContext,
  ResourceFault,
  type ResourceHandler,
} from '../resources/handler';
import type { Stack, StackResource } from './stack';
import type { StackStore } from './stack-store';

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

/** Makes, changes and deletes single resources of a stack, and records each step. */
export class ResourceWork {
  readonly #context: CloudContext;
  readonly #stacks: StackStore;
  readonly #handlers: ReadonlyMap<string, ResourceHandler>;
  readonly #stack: Stack;
  readonly #call: Call;
  /** As it stands now, by logical id. */
  readonly live: Map<string, StackResource>;
  #waiting = 0;
  #parked: (() => void) | undefined;
  /** New resources in place of old ones that were only partly made. */
  readonly orphans: StackResource[] = [];

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
    this.#call = { ...call, account: stack.account, region: stack.region, principal: actingAs(stack, call.principal) };
    this.live = stacks.resources(stack.id);
  }

  /** Whether a changed resource has to be replaced by a new one. */
  needsReplacement(type: string, changed: readonly string[]): boolean {
    const handler = this.#handlers.get(type);
    return handler !== undefined && (!handler.update || changed.some((name) => handler.createOnly.includes(name)));
  }

  async create(wanted: Wanted, replaces?: StackResource): Promise<void> {
    const verb = replaces ? 'UPDATE' : 'CREATE';
    await this.#step(wanted, verb, replaces, async (handler) => {
      return handler.create(wanted.properties, this.#resourceContext(wanted));
    });
  }

  /** Takes over a resource that is there already, as it is. */
  async adopt(wanted: Wanted): Promise<void> {
    await this.#step(wanted, 'IMPORT', undefined, async (handler) => {
      const found = await handler.existing?.(wanted.properties, this.#resourceContext(wanted));
      if (!found) throw new AwsError('NotFound', 'The resource to import does not exist');
      return found;
    });
  }

  /** The id of a resource of this name that somebody else has made, if its type can be taken over. */
  async existing(wanted: Wanted): Promise<string | undefined> {
    const handler = this.#handlers.get(wanted.type);
    const found = await handler?.existing?.(wanted.properties, this.#resourceContext(wanted));
    return found?.physicalId;
  }

  async update(wanted: Wanted, before: StackResource): Promise<void> {
    await this.#step(wanted, 'UPDATE', before, async (handler) => {
      const { physicalId = '' } = before;
      const updated = await handler.update!(
        physicalId,
        wanted.properties,
        before.properties,
        this.#resourceContext(wanted),
      );
      if (updated instanceof Moved) return updated.made;
      return { physicalId, attributes: updated || before.attributes };
    });
  }

  /** Takes over what does not concern the resource itself: policies, metadata, dependencies. */
  note(wanted: Wanted, before: StackResource): void {
    const { deletionPolicy: _d, updateReplacePolicy: _u, metadata: _m, ...kept } = before;
    this.#record({ ...kept, ...wanted });
  }

  /** Puts a record back as it was, and says so. */
  restore(before: StackResource): void {
    this.#record(before);
    this.#event(before, 'UPDATE_COMPLETE');
  }

  /**
   * Deletes a resource, or leaves it when it is to be retained. `replaced`: another one has taken its logical id;
   * `undoing`: it was made by the very deployment that is being rolled back. Throws `ResourceFailure`.
   */
  async delete(
    resource: StackResource,
    options: { replaced?: boolean; keep?: boolean; undoing?: boolean } = {},
  ): Promise<void> {
    const policy = options.replaced ? resource.updateReplacePolicy : resource.deletionPolicy;
    const forget = () => {
      if (options.replaced) return;
      this.live.delete(resource.logicalId);
      this.#stacks.deleteResource(resource);
    };
    // What was taken over was not made by this deployment, whatever became of that.
    const made = options.undoing && !resource.status.startsWith('IMPORT_');
    if (options.keep || policy === 'Retain' || (policy === 'RetainExceptOnCreate' && !made)) {
      this.#event(resource, 'DELETE_SKIPPED');
      forget();
      return;
    }
    this.#event(resource, 'DELETE_IN_PROGRESS');
    try {
      const handler = this.#handlers.get(resource.type);
      if (resource.physicalId !== undefined && handler) {
        await handler.delete(resource.physicalId, resource.properties, this.#resourceContext(resource));
      }
    } catch (error) {
      if (!isGone(error)) {
        const reason = reasonOf(error);
        if (!options.replaced) this.#record({ ...resource, status: 'DELETE_FAILED', statusReason: reason });
        this.#event(resource, 'DELETE_FAILED', reason);
        throw new ResourceFailure(resource.logicalId, reason);
      }
    }
    this.#event(resource, 'DELETE_COMPLETE');
    forget();
  }

  async #step(
    wanted: Wanted,
    verb: 'CREATE' | 'UPDATE' | 'IMPORT',
    before: StackResource | undefined,
    run: (handler: ResourceHandler) => Promise<Made>,
  ): Promise<void> {
    const { statusReason: _, ...known } = before ?? { attributes: {} };
    const resource: StackResource = { ...known, ...wanted, ...this.#stamp(`${verb}_IN_PROGRESS`) };
    this.#event(resource, resource.status);
    try {
      const { physicalId, attributes = {}, noEcho } = await run(this.#handlerFor(wanted));
      // Recorded in the same turn as the resource itself was written: a crash leaves both or neither.
      const { noEcho: _n, ...rest } = resource;
      const made = { physicalId, attributes, ...(noEcho && { noEcho: true as const }) };
      const done: StackResource = { ...rest, ...made, ...this.#stamp(`${verb}_COMPLETE`) };
      this.#record(done);
      this.#event(done, done.status);
    } catch (thrown) {
      const partly = thrown instanceof PartlyMade ? thrown : undefined;
      const reason = reasonOf(partly ? partly.cause : thrown);
      // What was there before is still there; a resource that was never made is recorded as failed.
      this.#record({
        ...(before ?? resource),
        ...(partly && !before && { physicalId: partly.physicalId }),
        ...this.#stamp(`${verb}_FAILED`),
        statusReason: reason,
      });
      if (partly && before) this.orphans.push({ ...resource, physicalId: partly.physicalId });
      this.#event(resource, `${verb}_FAILED`, reason);
      throw new ResourceFailure(wanted.logicalId, reason);
    }
  }

  #handlerFor({ type, properties }: Wanted): ResourceHandler {
    const handler = this.#handlers.get(type);
    if (!handler) throw notHere(type);
    const { properties: honoured } = handler;
    const unknown = honoured === 'any' ? [] : Object.keys(properties).filter((name) => !honoured.includes(name));
    if (unknown.length > 0) throw notHere(`${type}: ${unknown.join(', ')}`);
    return handler;
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

  #resourceContext({ logicalId, type }: Pick<StackResource, 'logicalId' | 'type'>): ResourceContext {
    const { account, region, id, name } = this.#stack;
    return {
      account,
      region,
      logicalId,
      type,
      stackId: id,
      stackName: name,
      principal: this.#call.principal,
      waitFor: (work) => this.#waitFor(work),
      call: (service, operation, input) => this.#callService(service, operation, input),
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

  #callService(service: string, operation: string, input: object): Promise<unknown> {
    const { registry } = this.#context;
    const { principal } = this.#call;
    if (principal.kind === 'role') {
      const access = registry.service(service)?.access(operation, input, this.#call) ?? [];
      registry.peer('iam').authorize(principal, access);
    }
    return registry.call(service, operation, input, this.#call);
  }
}

/** Resources are made with the rights of the stack's role, or of whoever deploys. */
function actingAs(stack: Stack, caller: Principal): Principal {
  const { roleArn, account } = stack;
  if (roleArn === undefined) return caller;
  const roleName = roleArn.split('/').pop();
  return { kind: 'role', roleArn, arn: `arn:aws:sts::${account}:assumed-role/${roleName}/AWSCloudFormation` };
}

/** `stack-logicalid-RANDOM`; both names are cut when that is too long. */
function newName(stackName: string, logicalId: string, maxLength: number): string {
  const random = randomName(12);
  const room = maxLength - random.length - 2;
  const forStack = Math.max(room - logicalId.length, Math.floor(room / 2));
  const stack = stackName.slice(0, forStack);
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${random}`;
}

/** Deleting what somebody else has deleted already has worked. */
function isGone(error: unknown): boolean {
  return error instanceof AwsError && /NotFound|NoSuch|NonExistent|DoesNotExist|QueueDoesNotExist/.test(error.code);
}

function reasonOf(error: unknown): string {
  if (error instanceof ResourceFault) return error.message;
  const { code, message, status } = asAwsError(error);
  if (code === 'NotImplemented') return message;
  if (status >= 500 && !(error instanceof AwsError)) return `Internal failure: ${message}`;
  // CloudFormation's own form: what the service said, and its error code.
  return error instanceof AwsError ? `${message} (Error Code: ${code})` : message;
}

const notHere = (what: string) =>
  new AwsError(
    'NotImplemented',
    `${what} is not implemented by the local cloud (docs/parity/cloudformation.md lists what is).`,
  );
