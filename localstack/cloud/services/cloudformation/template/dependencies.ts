import { validationError } from './errors';
import { referencesIn } from './references';
import type { Template } from './template';

/** What each resource waits for, by logical id; only resources whose condition holds. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/** Throws `ValidationError` for references to nothing and for circles. */
export function dependenciesOf(template: Template, condition: (name: string) => boolean): Dependencies {
  const active = Object.entries(template.Resources).filter(
    ([, resource]) => resource.Condition === undefined || condition(resource.Condition),
  );
  const dependencies = new Map<string, ReadonlySet<string>>();
  for (const [logicalId, resource] of active) {
    const explicit = [resource.DependsOn ?? []].flat() as string[];
    const implicit = resourcesAmong(referencesIn(resource.Properties, condition), template, condition, 'Resources');
    dependencies.set(logicalId, new Set([...implicit, ...resourcesAmong(explicit, template, () => true, 'Resources')]));
  }
  for (const output of Object.values(template.Outputs ?? {})) {
    if (output.Condition !== undefined && !condition(output.Condition)) continue;
    resourcesAmong(referencesIn([output.Value, output.Export?.Name], condition), template, condition, 'Outputs');
  }
  // DependsOn may name a resource that its condition leaves out; nothing waits for that.
  const present = new Map(
    [...dependencies].map(([id, needed]) => [id, new Set([...needed].filter((n) => dependencies.has(n)))]),
  );
  refuseCircles(present);
  return present;
}

/** The names among `names` that are resources. What is referred to has to exist, and its condition to hold. */
function resourcesAmong(
  names: Iterable<string>,
  template: Template,
  condition: (name: string) => boolean,
  block: string,
): Set<string> {
  const resources = new Set<string>();
  for (const name of names) {
    if (name.startsWith('AWS::') || template.Parameters?.[name]) continue;
    const resource = template.Resources[name];
    if (!resource || (resource.Condition !== undefined && !condition(resource.Condition))) {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${name}] in the ${block} block of the template`,
      );
    }
    resources.add(name);
  }
  return resources;
}

/** An order in which everything comes after what it depends on. */
export function inOrder(dependencies: Dependencies): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (id: string) => {
    if (done.has(id)) return;
    done.add(id);
    for (const needed of dependencies.get(id) ?? []) visit(needed);
    order.push(id);
  };
  for (const id of dependencies.keys()) visit(id);
  return order;
}

function refuseCircles(dependencies: Dependencies): void {
  const remaining = new Map([...dependencies].map(([id, needed]) => [id, new Set(needed)]));
  for (;;) {
    const free = [...remaining].filter(([, needed]) => [...needed].every((id) => !remaining.has(id)));
    if (free.length === 0) break;
    for (const [id] of free) remaining.delete(id);
  }
  if (remaining.size > 0) {
    throw validationError(`Circular dependency between resources: [${[...remaining.keys()].join(', ')}]`);
  }
}
