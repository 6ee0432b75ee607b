import { asAwsError } from '../../../core/registry';
import type { ResourceHandler } from '../resources/handler';
import { inOrder } from '../template/dependencies';
import type { Prepared } from './deployment';
import type { Stack, StackResource, Target } from './stack';
import { canonical, changedProperties, notesDiffer, stackOutputs, wantedResource } from './wanted';

/** What a deployment would do to one resource. */
export type Change = {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import';
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  /** Whether a new resource takes the place of the old one. */
  readonly replacement?: boolean;
  /** Names of the properties that change; none when only metadata or policies do. */
  readonly properties: readonly string[];
};

/** Whether a deployment would do anything, and what to which resource. */
export function plan(
  stack: Pick<Stack, 'outputs' | 'tags'>,
  target: Pick<Target, 'tags'>,
  { template, dependencies, scope }: Prepared,
  /** What there is; the scope of `prepared` must look into this very map. */
  resources: Map<string, StackResource>,
  handlers: ReadonlyMap<string, ResourceHandler>,
): { changes: Change[]; differs: boolean } {
  const existing = new Map(resources);
  const changes: Change[] = [];
  for (const logicalId of inOrder(dependencies)) {
    const before = existing.get(logicalId);
    const { Type: type } = template.Resources[logicalId]!;
    if (!before?.physicalId) {
      changes.push({ action: 'Add', logicalId, type, properties: [] });
      continue;
    }
    let properties: string[];
    let notes: boolean;
    try {
      const wanted = wantedResource(template, logicalId, dependencies, scope);
      properties = changedProperties(before, wanted);
      notes = notesDiffer(before, wanted);
    } catch (error) {
      // A function may choke on what is not known yet; then something it depends on changes, and so does this.
      if (changes.length === 0) throw asAwsError(error);
      properties = Object.keys(before.properties);
      notes = true;
    }
    const handler = handlers.get(type);
    const replacement = properties.some((name) => !handler?.update || handler.createOnly.includes(name));
    // Whoever refers to a resource that is replaced sees something new.
    if (replacement) resources.delete(logicalId);
    if (properties.length > 0 || notes || before.status === 'UPDATE_FAILED') {
      changes.push({ action: 'Modify', logicalId, physicalId: before.physicalId, type, replacement, properties });
    }
  }
  for (const { logicalId, physicalId, type } of existing.values()) {
    if (dependencies.has(logicalId)) continue;
    changes.push({ action: 'Remove', logicalId, type, ...(physicalId && { physicalId }), properties: [] });
  }
  const differs =
    changes.length > 0 ||
    canonical(target.tags) !== canonical(stack.tags) ||
    canonical(stackOutputs(template, scope)) !== canonical(stack.outputs);
  return { changes, differs };
}
