import { inParallel, reversed } from './in-parallel';
import type { ResourceWork } from './resource-work';
import type { StackResource } from './stack';

/** Deletes what the stack has no more use for. What cannot be deleted is left behind, as at AWS. */
export async function cleanUp(
  work: ResourceWork,
  leftovers: readonly StackResource[],
  removed: readonly StackResource[],
  options: { undoing?: boolean } = {},
): Promise<void> {
  for (const resource of [...leftovers].reverse()) {
    await work.delete(resource, { ...options, replaced: true }).catch(() => work.abandon(resource));
  }
  const failed = await deleteAll(work, removed, options);
  for (const resource of removed) if (failed.includes(resource.logicalId)) work.forget(resource);
}

/** Deletes resources, each before what it depends on. Resolves with the logical ids of those that could not be. */
export async function deleteAll(
  work: ResourceWork,
  resources: readonly StackResource[],
  options: { keep?: readonly string[]; undoing?: boolean } = {},
): Promise<string[]> {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const dependencies = new Map(
    resources.map(({ logicalId, dependsOn }) => [logicalId, new Set(dependsOn.filter((id) => byId.has(id)))]),
  );
  const failed: string[] = [];
  await inParallel(reversed(dependencies), async (logicalId) => {
    try {
      await work.delete(byId.get(logicalId)!, {
        keep: options.keep?.includes(logicalId) ?? false,
        undoing: options.undoing ?? false,
      });
    } catch {
      // The others are still tried: the fewer are left, the better.
      failed.push(logicalId);
    }
  });
  return failed;
}
