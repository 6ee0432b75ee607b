import { getAttArguments, SUB_VARIABLE, subArguments, subTarget } from './arguments';
import { functionOf } from './intrinsics';

/**
 * The names that `value` refers to by Ref, Fn::GetAtt and Fn::Sub: resources, parameters and pseudo parameters. Of
 * an `Fn::If` only the branch that is taken counts: the other may name resources that do not exist.
 */
export function referencesIn(value: unknown, condition: (name: string) => boolean): Set<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    const name = functionOf(node);
    const argument = name === undefined ? undefined : (node as Record<string, unknown>)[name];
    switch (name) {
      case 'Ref':
        found.add(String(argument));
        return;
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = getAttArguments(argument);
        found.add(logicalId);
        visit(attribute);
        return;
      }
      case 'Fn::Sub': {
        const [pattern, variables] = subArguments(argument);
        for (const [, literal, variable] of pattern.matchAll(SUB_VARIABLE)) {
          if (!literal && !Object.hasOwn(variables, variable!)) found.add(subTarget(variable!).name);
        }
        visit(variables);
        return;
      }
      case 'Fn::If': {
        const [chosen, yes, no] = argument as [string, unknown, unknown];
        visit(condition(chosen) ? yes : no);
        return;
      }
      default:
        for (const child of Object.values(node)) visit(child);
    }
  };
  visit(value);
  return found;
}
