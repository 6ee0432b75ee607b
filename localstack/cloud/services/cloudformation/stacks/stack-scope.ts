import { replaceReferences } from '../template/dynamic-references';
import { validationError } from '../template/errors';
import { resolve, truth } from '../template/intrinsics';
import { type ParameterValue, referenceValue } from '../template/parameters';
import type { Scope } from '../template/scope';
import { isCustomResource, type Template } from '../template/template';
import type { KnownReferences } from './known-references';
import type { StackOutput } from './stack';

type Known = { readonly physicalId?: string; readonly attributes: Readonly<Record<string, unknown>> };

export type ScopeOptions = {
  readonly template: Template;
  readonly parameters: readonly ParameterValue[];
  readonly stack: { readonly id: string; readonly name: string; readonly account: string; readonly region: string };
  /** What is known of a resource now; undefined when it has not been made. */
  readonly resource: (logicalId: string) => Known | undefined;
  readonly exportValue: (name: string) => string | undefined;
  /** The outputs of another stack of the account; undefined when there is no such stack. */
  readonly outputsOf: (stackName: string, region: string) => readonly StackOutput[] | undefined;
  /** Values of dynamic references that were looked up before. */
  readonly references?: KnownReferences | undefined;
};

/** What the functions in a stack's template are resolved against. */
export class StackScope implements Scope {
  /** Names of the exports that were asked for. */
  readonly imports = new Set<string>();
  readonly region: string;
  readonly #options: ScopeOptions;
  readonly #conditions = new Map<string, boolean>();
  /** Conditions that are being judged. */
  readonly #judging = new Set<string>();

  constructor(options: ScopeOptions) {
    this.#options = options;
    this.region = options.stack.region;
  }

  /** A resource's properties with every function resolved. */
  properties(declared: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const resolved = resolve(declared, this) as Record<string, unknown>;
    const { references = {} } = this.#options;
    if (Object.keys(references).length === 0) return resolved;
    return replaceReferences(resolved, references) as Record<string, unknown>;
  }

  ref(name: string): unknown {
    const { template, parameters, stack, resource } = this.#options;
    switch (name) {
      case 'AWS::AccountId':
        return stack.account;
      case 'AWS::Region':
        return stack.region;
      case 'AWS::StackName':
        return stack.name;
      case 'AWS::StackId':
        return stack.id;
      case 'AWS::Partition':
        return partition(stack.region);
      case 'AWS::URLSuffix':
        return partition(stack.region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
      case 'AWS::NotificationARNs':
        return [];
    }
    const parameter = template.Parameters?.[name];
    if (parameter) {
      const value = parameters.find(({ key }) => key === name);
      return value && referenceValue(parameter, value);
    }
    if (!template.Resources[name]) return undefined;
    return resource(name)?.physicalId ?? notYetKnown(name);
  }

  refAll(parameterType: string): unknown[] {
    return Object.entries(this.#options.template.Parameters ?? {})
      .filter(([, { Type: type }]) => type === parameterType)
      .flatMap(([name]) => this.ref(name) ?? []);
  }

  getAtt(logicalId: string, attribute: string): unknown {
    const { template, resource, stack } = this.#options;
    const declared = template.Resources[logicalId];
    if (!declared) {
      throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${logicalId}`);
    }
    const known = resource(logicalId);
    if (!known) return notYetKnown(`${logicalId}.${attribute}`);
    // `Nested.Attribute` reaches into a structure.
    const value = attribute in known.attributes ? known.attributes[attribute] : inside(known.attributes, attribute);
    if (value === undefined && isCustomResource(declared.Type)) {
      throw validationError(
        `CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ${stack.id}|${logicalId}`,
      );
    }
    if (value === undefined) {
      throw validationError(
        `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`,
      );
    }
    return value;
  }

  importValue(exportName: string): string {
    const value = this.#options.exportValue(exportName);
    if (value === undefined) throw validationError(`No export named ${exportName} found.`);
    this.imports.add(exportName);
    return value;
  }

  stackOutput(stackName: string, outputName: string, region: string): string {
    const outputs = this.#options.outputsOf(stackName, region);
    if (!outputs) throw validationError(`Stack with id ${stackName} does not exist`);
    const output = outputs.find(({ key }) => key === outputName);
    if (!output) throw validationError(`Stack ${stackName} has no output named ${outputName}.`);
    return output.value;
  }

  condition(name: string, within = 'Condition'): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    const condition = this.#options.template.Conditions?.[name];
    if (condition === undefined) {
      throw validationError(`Template error: unresolved condition dependency ${name} in ${within}`);
    }
    if (this.#judging.has(name)) {
      throw validationError(`Template error: Found circular condition dependency: ${name}`);
    }
    this.#judging.add(name);
    const holds = truth(condition, this);
    this.#judging.delete(name);
    this.#conditions.set(name, holds);
    return holds;
  }

  findInMap(map: string, first: string, second: string): unknown {
    const entries = this.#options.template.Mappings?.[map];
    if (!entries) {
      throw validationError(
        `Template error: Mapping named '${map}' is not present in the 'Mappings' section of template.`,
      );
    }
    return entries[first]?.[second];
  }
}

const partition = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** Stands for what a resource that is still to be made will yield; equal to nothing that is there. */
const notYetKnown = (what: string) => `{{not yet known: ${what}}}`;

function inside(attributes: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = attributes;
  for (const part of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return value;
}
