import { asAwsError } from '../../../core/registry';
import type { Call, CloudContext } from '../../../core/service';
import type { ResourceHandler } from '../resources/handler';
import { checkTemplate } from '../template/check-template';
import { type Dependencies, dependenciesOf, inOrder } from '../template/dependencies';
import { parseTemplate } from '../template/parse-template';
import type { Template } from '../template/template';
import { checkExports, exportsOf, importersOf, listed } from './exports';
import { inParallel } from './in-parallel';
import { cleanUp, deleteAll } from './removal';
import { ResourceFailure, ResourceWork, type Wanted } from './resource-work';
import type { Stack, StackOutput, StackResource, Target } from './stack';
import { StackScope } from './stack-scope';
import type { StackStore } from './stack-store';
import { changedProperties, notesDiffer, stackOutputs, wantedResource } from './wanted';

export type OnFailure = 'ROLLBACK' | 'DO_NOTHING' | 'DELETE';

export type DeployOptions = {
  readonly kind: 'CREATE' | 'UPDATE';
  readonly onFailure: OnFailure;
  /** Logical ids of new resources that exist already and are taken over. */
  readonly adopt?: readonly string[];
};

/** Everything that bringing a stack to its target needs, and that is known before anything is touched. */
export type Prepared = {
  readonly template: Template;
  readonly dependencies: Dependencies;
  readonly scope: StackScope;
};

/** Creates, updates and deletes stacks. All work is done when a promise resolves, whether it went well or not. */
export class Deployments {
  readonly #context: CloudContext;
  readonly #stacks: StackStore;
  readonly #handlers: ReadonlyMap<string, ResourceHandler>;

  constructor(context: CloudContext, stacks: StackStore, handlers: ReadonlyMap<string, ResourceHandler>) {
    this.#context = context;
    this.#stacks = stacks;
    this.#handlers = handlers;
  }

  /** The target's template, checked, with a scope that sees `resources`. Throws `ValidationError`. */
  prepare(
    stack: Pick<Stack, 'id' | 'name' | 'account' | 'region'>,
    target: Pick<Target, 'templateBody' | 'parameters'>,
    resources: ReadonlyMap<string, StackResource>,
  ): Prepared {
    const template = parseTemplate(target.templateBody);
    checkTemplate(template);
    const scope = new StackScope({
      template,
      stack,
      parameters: target.parameters,
      resource: (id) => resources.get(id),
      exportValue: (name) => exportsOf(this.#stacks, stack).find((known) => known.name === name)?.value,
    });
    return { template, scope, dependencies: dependenciesOf(template, (name) => scope.condition(name)) };
  }

  /**
   * Of the resources that a deployment would add, those that exist already and may be taken over, with their physical
   * ids: they have names of their own, and the template says that they are to be retained.
   */
  async adoptable(stack: Stack, { template, dependencies, scope }: Prepared, call: Call): Promise<Map<string, string>> {
    const work = new ResourceWork(this.#context, this.#stacks, this.#handlers, stack, call);
    const found = new Map<string, string>();
    for (const logicalId of inOrder(dependencies)) {
      if (work.live.has(logicalId)) continue;
      const wanted = wantedResource(template, logicalId, dependencies, scope);
      if (!wanted.deletionPolicy?.startsWith('Retain')) continue;
      const physicalId = await work.existing(wanted);
      if (physicalId !== undefined) found.set(logicalId, physicalId);
    }
    return found;
  }

  async deploy(stack: Stack, target: Target, options: DeployOptions, call: Call): Promise<Stack> {
    const end = this.#context.activity.begin(`deploying ${stack.name}`);
    try {
      return await this.#deploy(stack, target, options, call);
    } finally {
      end();
    }
  }

  async delete(stack: Stack, options: { retain?: readonly string[] }, call: Call): Promise<Stack> {
    const end = this.#context.activity.begin(`deleting ${stack.name}`);
    try {
      return await this.#delete(stack, options.retain ?? [], call);
    } finally {
      end();
    }
  }

  async #deploy(
    before: Stack,
    target: Target,
    { kind, onFailure, adopt = [] }: DeployOptions,
    call: Call,
  ): Promise<Stack> {
    const { description: _, ...kept } = before;
    const now = this.#context.clock.now();
    let stack: Stack = { ...kept, ...target, ...(kind === 'UPDATE' && { updatedAt: now }) };
    const work = new ResourceWork(this.#context, this.#stacks, this.#handlers, stack, call);
    const snapshot = new Map(work.live);
    const { template, dependencies, scope } = this.prepare(stack, target, work.live);
    stack = { ...stack, ...(template.Description !== undefined && { description: template.Description }) };
    stack = this.#status(stack, `${kind}_IN_PROGRESS`, 'User Initiated');

    const attempted = new Map<string, Wanted>();
    const replaced: StackResource[] = [];
    const failures = await inParallel(dependencies, async (logicalId) => {
      const wanted = this.#resolved(template, logicalId, dependencies, scope);
      attempted.set(logicalId, wanted);
      const existing = snapshot.get(logicalId);
      if (!existing || existing.physicalId === undefined) {
        return adopt.includes(logicalId) ? work.adopt(wanted) : work.create(wanted);
      }
      if (existing.type !== wanted.type) {
        throw new ResourceFailure(
          logicalId,
          `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`,
        );
      }
      const changed = changedProperties(existing, wanted);
      if (changed.length === 0 && existing.status !== 'UPDATE_FAILED') {
        if (notesDiffer(existing, wanted)) work.note(wanted, existing);
        return;
      }
      const replacement = work.needsReplacement(wanted.type, changed);
      if (replacement) await work.create(wanted, existing);
      else await work.update(wanted, existing);
      if (replacement || work.live.get(logicalId)?.physicalId !== existing.physicalId) replaced.push(existing);
    });

    let outputs: StackOutput[] = [];
    let reason: string | undefined;
    if (failures.length > 0) {
      const failed = failures.map(({ id }) => id).join(', ');
      reason = `The following resource(s) failed to ${kind === 'CREATE' ? 'create' : 'update'}: [${failed}]. `;
    } else {
      try {
        outputs = stackOutputs(template, scope);
        checkExports(this.#stacks, stack, outputs);
      } catch (error) {
        reason = `${asAwsError(error).message} `;
      }
    }
    if (reason !== undefined)
      return this.#failed(stack, before, kind, onFailure, reason, { work, snapshot, attempted, replaced }, call);

    const removed = [...snapshot.values()].filter((resource) => !dependencies.has(resource.logicalId));
    const { statusReason: _r, ...complete } = { ...stack, outputs, imports: [...scope.imports] };
    if (replaced.length + removed.length > 0) {
      this.#status(complete, `${kind}_COMPLETE_CLEANUP_IN_PROGRESS`);
      await cleanUp(work, replaced, removed);
    }
    return this.#status(complete, `${kind}_COMPLETE`);
  }

  /** Resolving can fail too; that is the resource's failure. */
  #resolved(template: Template, logicalId: string, dependencies: Dependencies, scope: StackScope): Wanted {
    try {
      return wantedResource(template, logicalId, dependencies, scope);
    } catch (error) {
      throw new ResourceFailure(logicalId, asAwsError(error).message);
    }
  }

  async #failed(
    stack: Stack,
    before: Stack,
    kind: 'CREATE' | 'UPDATE',
    onFailure: OnFailure,
    reason: string,
    done: {
      work: ResourceWork;
      snapshot: ReadonlyMap<string, StackResource>;
      attempted: ReadonlyMap<string, Wanted>;
      replaced: readonly StackResource[];
    },
    call: Call,
  ): Promise<Stack> {
    if (onFailure === 'DO_NOTHING') return this.#status(stack, `${kind}_FAILED`, reason);
    if (onFailure === 'DELETE' && kind === 'CREATE') {
      return this.#delete(this.#status(stack, 'CREATE_FAILED', reason), [], call);
    }
    if (kind === 'CREATE') {
      const rolling = this.#status(stack, 'ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`);
      const failed = await deleteAll(done.work, [...done.work.live.values()], { undoing: true });
      const end = failed.length === 0 ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED';
      return this.#status(rolling, end, failed.length === 0 ? undefined : couldNotDelete(failed));
    }
    const { description: _, ...now } = stack;
    const back: Stack = {
      ...now,
      ...(before.description !== undefined && { description: before.description }),
      templateBody: before.templateBody,
      parameters: before.parameters,
      tags: before.tags,
      capabilities: before.capabilities,
    };
    this.#status(back, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
    return this.#rollBackUpdate(back, done);
  }

  /** Puts changed resources back as they were, then deletes the new ones. */
  async #rollBackUpdate(
    stack: Stack,
    {
      work,
      snapshot,
      attempted,
    }: { work: ResourceWork; snapshot: ReadonlyMap<string, StackResource>; attempted: ReadonlyMap<string, Wanted> },
  ): Promise<Stack> {
    const failed: string[] = [];
    const surplus: StackResource[] = [...work.orphans];
    // What others refer to comes first, as in any deployment.
    for (const logicalId of inOrder(new Map([...snapshot].map(([id, { dependsOn }]) => [id, new Set(dependsOn)])))) {
      const before = snapshot.get(logicalId);
      const now = work.live.get(logicalId);
      const tried = attempted.get(logicalId);
      if (!before || !now || !tried || now === before) continue;
      if (now.physicalId !== before.physicalId) {
        surplus.push(now);
        work.restore(before);
        continue;
      }
      const changed = changedProperties(before, tried);
      // A replacement that failed has left the old resource alone.
      if (changed.length > 0 && !work.needsReplacement(before.type, changed)) {
        try {
          await work.update(before, { ...before, properties: tried.properties });
        } catch {
          failed.push(logicalId);
        }
      } else work.restore(before);
    }
    const added = [...work.live.values()].filter(({ logicalId }) => !snapshot.has(logicalId));
    this.#status(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await cleanUp(work, surplus, added);
    if (failed.length > 0)
      return this.#status(
        stack,
        'UPDATE_ROLLBACK_FAILED',
        `The following resource(s) failed to update: [${failed.join(', ')}].`,
      );
    return this.#status(stack, 'UPDATE_ROLLBACK_COMPLETE');
  }

  async #delete(before: Stack, retain: readonly string[], call: Call): Promise<Stack> {
    for (const { name, stack } of exportsOf(this.#stacks, before)) {
      if (stack.id !== before.id) continue;
      const importers = importersOf(this.#stacks, before, name);
      if (importers.length === 0) continue;
      // The stack stays as it was, and says why.
      this.#status(before, 'DELETE_IN_PROGRESS', 'User Initiated');
      return this.#status(
        before,
        before.status,
        `Delete canceled. Cannot delete export ${name} as it is in use by ${listed(importers)}.`,
      );
    }
    const stack = this.#status(before, 'DELETE_IN_PROGRESS', 'User Initiated');
    const work = new ResourceWork(this.#context, this.#stacks, this.#handlers, stack, call);
    const failed = await deleteAll(work, [...work.live.values()], { keep: retain });
    if (failed.length > 0) return this.#status(stack, 'DELETE_FAILED', couldNotDelete(failed));
    const gone: Stack = { ...stack, outputs: [], imports: [], deletedAt: this.#context.clock.now() };
    return this.#status(gone, 'DELETE_COMPLETE');
  }

  #status(stack: Stack, status: string, reason?: string): Stack {
    const { statusReason: _, ...rest } = stack;
    const next: Stack = { ...rest, status, ...(reason !== undefined && { statusReason: reason }) };
    this.#stacks.set(next);
    this.#stacks.addEvent({
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
}

const couldNotDelete = (ids: readonly string[]) => `The following resource(s) failed to delete: [${ids.join(', ')}]. `;
