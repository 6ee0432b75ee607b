import { getAttArguments, SUB_VARIABLE, subArguments, subTarget } from '../template/arguments';
import { functionOf } from '../template/intrinsics';

/** How a property comes by a value: `entity` is the name of a parameter or resource, or `Resource.Attribute`. */
export type Cause = {
  readonly source: 'ParameterReference' | 'ResourceReference' | 'ResourceAttribute';
  readonly entity: string;
};

/** Every parameter, resource and attribute that a value as the template writes it is made from, in both branches of an `If`. */
export function causesIn(value: unknown, isParameter: (name: string) => boolean): Cause[] {
  const found = new Map<string, Cause>();
  const note = (name: string, attribute?: string) => {
    const entity = attribute === undefined ? name : `${name}.${attribute}`;
    const reference = isParameter(name) ? 'ParameterReference' : 'ResourceReference';
    found.set(entity, { source: attribute === undefined ? reference : 'ResourceAttribute', entity });
  };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const name = Array.isArray(node) ? undefined : functionOf(node);
    const argument = name === undefined ? undefined : (node as Record<string, unknown>)[name];
    if (name === 'Ref') note(String(argument));
    else if (name === 'Fn::GetAtt') {
      const [logicalId, attribute] = getAttArguments(argument);
      note(logicalId, typeof attribute === 'string' ? attribute : '*');
    } else if (name === 'Fn::Sub') {
      const [pattern, variables] = subArguments(argument);
      for (const [, literal, variable] of pattern.matchAll(SUB_VARIABLE)) {
        if (literal || Object.hasOwn(variables, variable!)) continue;
        const target = subTarget(variable!);
        note(target.name, target.attribute);
      }
      visit(variables);
    } else for (const child of Object.values(node)) visit(child);
  };
  visit(value);
  return [...found.values()];
}
