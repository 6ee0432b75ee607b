import type { Call } from '../../../core/service';
import type { Stack } from './stack';
import type { StackStore } from './stack-store';

/** A call that a stack makes for a stack within it. No request from outside can be one. */
export type NestedCall = Call & { readonly parentStackId: string };

/** Where a new stack stands in the tree of its parents; nothing for one that somebody makes directly. */
export function placeInTree(call: Call, stacks: StackStore): Pick<Stack, 'parentId' | 'rootId'> {
  const { parentStackId: parentId } = call as Partial<NestedCall>;
  if (parentId === undefined) return {};
  return { parentId, rootId: stacks.find(call, parentId)?.rootId ?? parentId };
}
