/** What a template's functions are resolved against. */
export interface Scope {
  /** The value of a parameter, pseudo parameter or resource; undefined when there is none of that name. */
  ref(name: string): unknown;
  /** The values of all parameters of a type. */
  refAll(parameterType: string): readonly unknown[];
  getAtt(logicalId: string, attribute: string): unknown;
  importValue(exportName: string): string;
  /** Of another stack of the account. Throws `ValidationError` when there is no such stack or output. */
  stackOutput(stackName: string, outputName: string, region: string): string;
  /** `within`: the function that asks, for the message when there is no such condition. */
  condition(name: string, within?: string): boolean;
  /** Undefined when the mapping has no such entry. Throws `ValidationError` when there is no such mapping. */
  findInMap(map: string, first: string, second: string): unknown;
  readonly region: string;
}

/** What `AWS::NoValue` stands for: the property or list entry that has it disappears. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

/** One function: its argument as the template has it, and a way to resolve the parts of it that it needs. */
export type IntrinsicFunction = (
  argument: unknown,
  scope: Scope,
  resolve: (value: unknown) => unknown,
  name: string,
) => unknown;
