import { checkReferences, type LookUp, lookedUp, mentionsReferences } from '../template/dynamic-references';
import { resolve } from '../template/intrinsics';
import type { Template } from '../template/template';
import type { StackScope } from './stack-scope';

/** Values of dynamic references, by their text. */
export type KnownReferences = Readonly<Record<string, string>>;

/**
 * The values of the references to plain parameters of the parameter store, read before anything is made: a stack whose
 * template is the same but not the parameter is updated. References to secrets are looked up when their resource is
 * made or changed for another reason, and are never kept; so are those whose name depends on another resource.
 * `scope`: one in which no resource is there.
 */
export async function knownReferences(template: Template, scope: StackScope, lookUp: LookUp): Promise<KnownReferences> {
  const known: Record<string, string> = {};
  for (const { Type: type, Condition: condition, Properties: properties = {} } of Object.values(template.Resources)) {
    if (condition !== undefined && !scope.condition(condition)) continue;
    for (const [name, value] of Object.entries(properties)) {
      if (!mentionsReferences(value)) continue;
      const resolved = resolvedIfPossible({ [name]: value }, scope);
      checkReferences(type, resolved);
      Object.assign(known, await lookedUp(resolved, lookUp, ['ssm']));
    }
  }
  return known;
}

/** Some functions choke on what is not there yet: then nothing is known. */
function resolvedIfPossible(value: unknown, scope: StackScope): unknown {
  try {
    return resolve(value, scope);
  } catch {
    return {};
  }
}
