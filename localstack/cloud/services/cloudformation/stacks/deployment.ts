import { asAwsError } from '../../../core/registry';
import type { Call, CloudContext } from '../../../core/service';
import { isAwsType } from '../resources/aws-types';
import type { ResourceHandler } from '../resources/handler';
import { type Dependencies, dependenciesOf, inOrder } from '../template/dependencies';
import { validationError } from '../template/errors';
import { readOutline, readTemplate } from '../template/read-template';
import type { Template } from '../template/template';
import { CreationTimeout } from './creation-timeout';
import { checkExports, exportsOf, importersOf, listed } from './exports';
import { inParallel } from './in-parallel';
import { cleanUp, deleteAll } from './removal';
import { needsReplacement } from './replacement';
import { ResourceWork, type Wanted } from './resource-work';
import { couldNotDelete, type Engine, rollBackCreation, rollBackUpdate } from './rollback';
import type { LastGood, Stack, StackOutput, StackResource, Target } from './stack';
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
  readonly #engine: Engine;

  constructor(context: CloudContext, stacks: StackStore, handlers: ReadonlyMap<string, ResourceHandler>) {
    this.#context = context;
    this.#stacks = stacks;
    this.#handlers = handlers;
    this.#engine = { context, stacks, handlers };
  }

  /** The target's template, checked, with a scope that sees `resources`. Throws `ValidationError`. */
  prepare(
    stack: Pick<Stack, 'id' | 'name' | 'account' | 'region'>,
    target: Pick<Target, 'templateBody' | 'parameters' | 'references'>,
    resources: ReadonlyMap<string, StackResource>,
  ): Prepared {
    let exported: ReadonlyMap<string, string> | undefined;
    const scopeOf = (template: Template) =>
      new StackScope({
        template,
        stack,
        parameters: target.parameters,
        references: target.references,
        resource: (id) => resources.get(id),
        exportValue: (name) => {
          exported ??= new Map(exportsOf(this.#stacks, stack).map((known) => [known.name, known.value]));
          return exported.get(name);
        },
        outputsOf: (name, region) => this.#stacks.find({ account: stack.account, region }, name)?.outputs,
      });
    const template = readTemplate(readOutline(target.templateBody), scopeOf);
    this.#refuseUnheardOf(template);
    const scope = scopeOf(template);
    return { template, scope, dependencies: dependenciesOf(template, (name) => scope.condition(name)) };
  }

  /** Types that AWS has and this cloud has not fail their resource; those that nobody has, the whole template. */
  #refuseUnheardOf({ Resources }: Template): void {
    const types = new Set(Object.values(Resources).map(({ Type }) => Type));
    const unheardOf = [...types].filter((type) => !this.#handlers.get(type) && !isAwsType(type));
    if (unheardOf.length > 0) {
      throw validationError(`Template format error: Unrecognized resource types: [${unheardOf.join(', ')}]`);
    }
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

  /** Takes a stack back to its last good state, or to nothing when there was none. */
  async rollBack(
    stack: Stack,
    call: Call,
    options: { skip?: readonly string[]; reason?: string } = {},
  ): Promise<Stack> {
    const end = this.#context.activity.begin(`rolling ${stack.name} back`);
    try {
      if (!stack.lastGood) return await rollBackCreation(this.#engine, stack, options.reason, call);
      return await rollBackUpdate(this.#engine, stack, options.reason, call, options.skip);
    } finally {
      end();
    }
  }

  /** Brings to its end what a deployment had to delete at the end when the process ended. */
  async finishCleanUp(stack: Stack, call: Call): Promise<Stack> {
    const work = new ResourceWork(this.#context, this.#stacks, this.#handlers, stack, call);
    const { dependencies } = this.prepare(stack, stack, work.live);
    const removed = [...work.live.values()].filter(({ logicalId }) => !dependencies.has(logicalId));
    await cleanUp(work, this.#stacks.undo.leftovers(stack.id), removed);
    return this.#stacks.setStatus(stack, stack.status.replace('_CLEANUP_IN_PROGRESS', ''));
  }

  async #deploy(
    before: Stack,
    target: Target,
    { kind, onFailure, adopt = [] }: DeployOptions,
    call: Call,
  ): Promise<Stack> {
    const { description: _, ...kept } = before;
    const now = this.#context.clock.now();
    const lastGood = kind === 'UPDATE' ? lastGoodOf(before) : undefined;
    let stack: Stack = {
      ...kept,
      ...target,
      ...(lastGood && { lastGood }),
      ...(kind === 'UPDATE' && { updatedAt: now }),
    };
    const work = new ResourceWork(this.#context, this.#stacks, this.#handlers, stack, call);
    const snapshot = new Map(work.live);
    const { template, dependencies, scope } = this.prepare(stack, target, work.live);
    stack = { ...stack, ...(template.Description !== undefined && { description: template.Description }) };
    stack = this.#stacks.setStatus(stack, `${kind}_IN_PROGRESS`, 'User Initiated');

    const timeout = new CreationTimeout(this.#context.clock, this.#stacks, stack, () => work.interrupt());
    const bring = async (logicalId: string) => {
      const wanted = this.#resolved(work, template, logicalId, dependencies, scope);
      let existing = snapshot.get(logicalId);
      if (existing?.status === 'CREATE_FAILED') {
        // It never came to be as it should: what there is of it makes room.
        await work.delete(existing, { undoing: true });
        existing = undefined;
      }
      if (existing?.physicalId === undefined) {
        return adopt.includes(logicalId) ? work.adopt(wanted) : work.create(wanted);
      }
      const changed = changedProperties(existing, wanted);
      if (changed.length === 0 && existing.attempted === undefined) {
        if (notesDiffer(existing, wanted) || existing.status === 'UPDATE_FAILED') work.note(wanted, existing);
        return;
      }
      const handler = this.#handlers.get(wanted.type);
      if (!needsReplacement(handler, changed, wanted.properties, existing.properties)) {
        return work.update(wanted, existing);
      }
      return work.create(wanted, existing);
    };
    const failures = await inParallel(dependencies, async (logicalId) => {
      try {
        await bring(logicalId);
      } catch (error) {
        // Whoever keeps what has been made lets the others come to their end too.
        if (onFailure !== 'DO_NOTHING') work.cancel();
        throw error;
      }
    });

    const late = timeout.end();
    let outputs: StackOutput[] = [];
    let reason: string | undefined;
    if (failures.length > 0) {
      reason = late
        ? 'Stack creation time exceeded the specified timeout. '
        : failedTo(
            failures.map(({ id }) => id),
            (id) => snapshot.get(id)?.physicalId === undefined,
          );
    } else {
      try {
        outputs = stackOutputs(template, scope);
        checkExports(this.#stacks, stack, outputs);
      } catch (error) {
        reason = `${asAwsError(error).message} `;
      }
    }
    if (reason !== undefined) return this.#failed(stack, kind, onFailure, reason, call);

    const { statusReason: _r, lastGood: _g, ...complete } = { ...stack, outputs, imports: [...scope.imports] };
    this.#stacks.undo.commit(stack.id);
    if (kind === 'UPDATE') {
      this.#stacks.setStatus(complete, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      const removed = [...snapshot.values()].filter((resource) => !dependencies.has(resource.logicalId));
      await cleanUp(work, this.#stacks.undo.leftovers(stack.id), removed);
    }
    return this.#stacks.setStatus(complete, `${kind}_COMPLETE`);
  }

  /** Resolving can fail too; that is the resource's failure. */
  #resolved(
    work: ResourceWork,
    template: Template,
    logicalId: string,
    dependencies: Dependencies,
    scope: StackScope,
  ): Wanted {
    try {
      return wantedResource(template, logicalId, dependencies, scope);
    } catch (error) {
      return work.fail({ logicalId, type: template.Resources[logicalId]!.Type }, asAwsError(error).message);
    }
  }

  async #failed(
    stack: Stack,
    kind: 'CREATE' | 'UPDATE',
    onFailure: OnFailure,
    reason: string,
    call: Call,
  ): Promise<Stack> {
    if (onFailure === 'DO_NOTHING') return this.#stacks.setStatus(stack, `${kind}_FAILED`, reason);
    if (stack.lastGood) return rollBackUpdate(this.#engine, stack, reason, call);
    if (onFailure === 'DELETE') {
      return this.#delete(
        this.#stacks.setStatus(stack, 'CREATE_FAILED', `${reason}Delete requested by user.`),
        [],
        call,
      );
    }
    return rollBackCreation(this.#engine, stack, `${reason}Rollback requested by user.`, call);
  }

  async #delete(before: Stack, retain: readonly string[], call: Call): Promise<Stack> {
    for (const { name, stack } of exportsOf(this.#stacks, before)) {
      if (stack.id !== before.id) continue;
      const importers = importersOf(this.#stacks, before, name);
      if (importers.length === 0) continue;
      // The stack stays as it was, and says why.
      this.#stacks.setStatus(before, 'DELETE_IN_PROGRESS', 'User Initiated');
      return this.#stacks.setStatus(
        before,
        before.status,
        `Delete canceled. Cannot delete export ${name} as it is in use by ${listed(importers)}.`,
      );
    }
    const stack = this.#stacks.setStatus(before, 'DELETE_IN_PROGRESS', 'User Initiated');
    const work = new ResourceWork(this.#context, this.#stacks, this.#handlers, stack, call);
    await cleanUp(work, this.#stacks.undo.leftovers(stack.id), []);
    const failed = await deleteAll(work, [...work.live.values()], { keep: retain });
    this.#stacks.undo.commit(stack.id);
    if (failed.length > 0) return this.#stacks.setStatus(stack, 'DELETE_FAILED', couldNotDelete(failed));
    const { lastGood: _, ...rest } = stack;
    const gone: Stack = { ...rest, outputs: [], imports: [], deletedAt: this.#context.clock.now() };
    return this.#stacks.setStatus(gone, 'DELETE_COMPLETE');
  }
}

/** What an update that fails goes back to; undefined for a stack that was never complete. */
function lastGoodOf(stack: Stack): LastGood | undefined {
  if (stack.lastGood || stack.status.endsWith('_FAILED')) return stack.lastGood;
  const { templateBody, parameters, references = {}, tags, capabilities, description } = stack;
  return {
    templateBody,
    parameters,
    references,
    tags,
    capabilities,
    ...(description !== undefined && { description }),
  };
}

function failedTo(ids: readonly string[], isNew: (id: string) => boolean): string {
  const sentence = (verb: string, names: readonly string[]) =>
    names.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${names.join(', ')}]. `;
  return (
    sentence('create', ids.filter(isNew)) +
    sentence(
      'update',
      ids.filter((id) => !isNew(id)),
    )
  );
}
