import type { Call, CloudContext } from '../../../core/service';
import type { ResourceHandler } from '../resources/handler';
import { inOrder } from '../template/dependencies';
import { cleanUp, deleteAll } from './removal';
import { ResourceWork } from './resource-work';
import { type Stack, type StackResource, sameResource } from './stack';
import type { StackStore } from './stack-store';
import { canonical } from './wanted';

/** What work on stacks needs. */
export type Engine = {
  readonly context: CloudContext;
  readonly stacks: StackStore;
  readonly handlers: ReadonlyMap<string, ResourceHandler>;
};

/** Deletes everything that a deployment has made which was the stack's first. */
export async function rollBackCreation(
  { context, stacks, handlers }: Engine,
  stack: Stack,
  reason: string | undefined,
  call: Call,
): Promise<Stack> {
  const rolling = stacks.setStatus(stack, 'ROLLBACK_IN_PROGRESS', reason);
  const work = new ResourceWork(context, stacks, handlers, rolling, call);
  await cleanUp(work, stacks.undo.leftovers(stack.id), [], { undoing: true });
  const failed = await deleteAll(work, [...work.live.values()], { undoing: true });
  stacks.undo.commit(stack.id);
  if (failed.length > 0) return stacks.setStatus(rolling, 'ROLLBACK_FAILED', couldNotDelete(failed));
  return stacks.setStatus(rolling, 'ROLLBACK_COMPLETE');
}

/**
 * Puts everything back as it was in the stack's last good state, then deletes what was made since. `skip`: resources that
 * are taken for what they were, whatever they are.
 */
export async function rollBackUpdate(
  { context, stacks, handlers }: Engine,
  failed: Stack,
  reason: string | undefined,
  call: Call,
  skip: readonly string[] = [],
): Promise<Stack> {
  const stack = stacks.setStatus(failed, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
  const work = new ResourceWork(context, stacks, handlers, stack, call);
  const touched = stacks.undo.touched(stack.id);
  const stuck: string[] = [];
  for (const before of oldestFirst(touched)) {
    const now = work.live.get(before.logicalId);
    if (!now || !sameResource(now, before) || !mayDiffer(now, before) || skip.includes(before.logicalId)) {
      work.restore(before);
      continue;
    }
    try {
      await work.update(before, now);
    } catch {
      stuck.push(before.logicalId);
    }
  }
  if (stuck.length > 0) {
    const names = stuck.join(', ');
    return stacks.setStatus(
      stack,
      'UPDATE_ROLLBACK_FAILED',
      `The following resource(s) failed to update: [${names}]. `,
    );
  }
  const { lastGood, description: _, ...rest } = stack;
  stacks.undo.commit(stack.id);
  const back = stacks.setStatus({ ...rest, ...lastGood }, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  const added = [...work.live.values()].filter(
    ({ logicalId }) => touched.has(logicalId) && touched.get(logicalId) === undefined,
  );
  await cleanUp(work, stacks.undo.leftovers(stack.id), added, { undoing: true });
  return stacks.setStatus(back, 'UPDATE_ROLLBACK_COMPLETE');
}

/** What was there before, each after what it depends on. */
function oldestFirst(touched: ReadonlyMap<string, StackResource | undefined>): StackResource[] {
  const before = new Map([...touched].flatMap(([id, resource]) => (resource ? [[id, resource]] : [])));
  const dependencies = new Map([...before].map(([id, { dependsOn }]) => [id, new Set(dependsOn)]));
  return inOrder(dependencies).flatMap((id) => before.get(id) ?? []);
}

/** Whether an update has got, or may have got, at the resource itself. */
const mayDiffer = (now: StackResource, before: StackResource): boolean =>
  now.attempted !== undefined || canonical(now.properties) !== canonical(before.properties);

export const couldNotDelete = (ids: readonly string[]): string =>
  `The following resource(s) failed to delete: [${ids.join(', ')}]. `;
