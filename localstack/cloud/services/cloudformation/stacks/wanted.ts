import type { Dependencies } from '../template/dependencies';
import { validationError } from '../template/errors';
import { resolve } from '../template/intrinsics';
import { NO_VALUE } from '../template/scope';
import type { Template } from '../template/template';
import type { Wanted } from './resource-work';
import type { StackOutput, StackResource } from './stack';
import type { StackScope } from './stack-scope';

/** A resource of the template with its functions resolved against what is there now. */
export function wantedResource(
  template: Template,
  logicalId: string,
  dependencies: Dependencies,
  scope: StackScope,
): Wanted {
  const declared = template.Resources[logicalId]!;
  return {
    logicalId,
    type: declared.Type,
    properties: scope.properties(declared.Properties ?? {}),
    dependsOn: [...(dependencies.get(logicalId) ?? [])],
    ...(declared.DeletionPolicy !== undefined && { deletionPolicy: declared.DeletionPolicy }),
    ...(declared.UpdateReplacePolicy !== undefined && { updateReplacePolicy: declared.UpdateReplacePolicy }),
    ...(declared.Metadata !== undefined && { metadata: declared.Metadata }),
  };
}

/** Names of the properties that differ. */
export function changedProperties(before: StackResource, wanted: Wanted): string[] {
  const names = new Set([...Object.keys(before.properties), ...Object.keys(wanted.properties)]);
  return [...names].filter((name) => canonical(before.properties[name]) !== canonical(wanted.properties[name]));
}

/** Whether what CloudFormation itself keeps with the resource differs. */
export function notesDiffer(before: StackResource, wanted: Wanted): boolean {
  const notes = (resource: StackResource | Wanted) =>
    canonical([
      resource.deletionPolicy,
      resource.updateReplacePolicy,
      resource.metadata,
      [...resource.dependsOn].sort(),
    ]);
  return notes(before) !== notes(wanted);
}

export function stackOutputs(template: Template, scope: StackScope): StackOutput[] {
  const outputs: StackOutput[] = [];
  for (const [key, output] of Object.entries(template.Outputs ?? {})) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
    const value = resolve(output.Value, scope);
    if (value === NO_VALUE || typeof value === 'object') {
      throw validationError(
        `Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`,
      );
    }
    outputs.push({
      key,
      value: String(value),
      ...(output.Description !== undefined && { description: output.Description }),
      ...(output.Export && { exportName: String(resolve(output.Export.Name, scope)) }),
    });
  }
  return outputs;
}

/** JSON in which the order of members does not matter; undefined stays undefined. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, child: unknown) =>
    typeof child === 'object' && child !== null && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
      : child,
  );
}
