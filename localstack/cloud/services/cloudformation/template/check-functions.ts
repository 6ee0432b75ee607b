import { notImplemented } from '../../../core/aws-error';
import { getAttArguments, list, malformed, SUB_VARIABLE, subArguments, subTarget } from './arguments';
import { CONDITION_FUNCTIONS, RULE_FUNCTIONS } from './condition-functions';
import { validationError } from './errors';
import { functionOf } from './intrinsics';
import type { Template } from './template';
import { conditionName } from './value-functions';

type Block = 'Conditions' | 'Rules' | 'Resources' | 'Outputs';

/** In the order in which AWS names them. */
const SUPPORTED = [
  ...['Fn::Base64', 'Fn::GetAtt', 'Fn::GetAZs', 'Fn::ImportValue', 'Fn::Join', 'Fn::Split', 'Fn::FindInMap'],
  ...['Fn::Select', 'Ref', 'Fn::Equals', 'Fn::If', 'Fn::Not', 'Condition', 'Fn::And', 'Fn::Or', 'Fn::Contains'],
  ...['Fn::EachMemberEquals', 'Fn::EachMemberIn', 'Fn::ValueOf', 'Fn::ValueOfAll', 'Fn::RefAll', 'Fn::Sub', 'Fn::Cidr'],
];
/** They come with the transform `AWS::LanguageExtensions`. */
const EXTENSIONS = ['Fn::Length', 'Fn::ToJsonString'];
/** AWS has them; this cloud has not. */
const NOT_HERE = ['Fn::Transform'];
/** AWS has it, and does not name it in that list. */
const NOT_NAMED = ['Fn::GetStackOutput'];
/** What names of exports and of other stacks may not depend on. */
const OF_OTHERS = ['Fn::GetAtt', 'Fn::ImportValue', 'Fn::GetStackOutput', 'Fn::GetAZs'];
/** What conditions and rules may compare besides texts. */
const COMPARABLE = ['Ref', 'Fn::FindInMap', 'Fn::Sub', 'Fn::Join', 'Fn::Select', 'Fn::Split', ...EXTENSIONS];
const CONDITIONS = Object.keys(CONDITION_FUNCTIONS);
const RULES = Object.keys(RULE_FUNCTIONS);

/** Length of a list argument, where the function is as strict about it before anything is resolved. */
const LENGTHS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  'Fn::Join': [2, 2],
  'Fn::Split': [2, 2],
  'Fn::Select': [2, 2],
  'Fn::Cidr': [2, 3],
  'Fn::Equals': [2, 2],
  'Fn::Not': [1, 1],
  'Fn::And': [2, 10],
  'Fn::Or': [2, 10],
};

/** Refuses functions that do not exist, that stand where they may not, and references to nothing. */
export function checkFunctions(template: Template): void {
  for (const [name, condition] of Object.entries(template.Conditions ?? {})) {
    if (!isBoolean(condition)) {
      throw validationError(
        'Template format error: Conditions can only be boolean operations on parameters and other conditions',
      );
    }
    new Check(template, 'Conditions').all({ [name]: condition });
  }
  for (const { RuleCondition, Assertions } of Object.values(template.Rules ?? {})) {
    new Check(template, 'Rules').all([RuleCondition ?? {}, Assertions]);
  }
  new Check(template, 'Resources').all(Object.values(template.Resources).map(({ Properties }) => Properties));
  new Check(template, 'Outputs').all(
    Object.values(template.Outputs ?? {}).map(({ Value, Export }) => [Value, Export?.Name]),
  );
}

const isBoolean = (value: unknown) =>
  typeof value === 'object' && value !== null && [...CONDITIONS, 'Condition'].includes(Object.keys(value)[0] ?? '');

/** One block of the template. */
class Check {
  readonly #template: Template;
  readonly #block: Block;
  readonly #extended: boolean;
  readonly #unresolved = new Set<string>();

  constructor(template: Template, block: Block) {
    this.#template = template;
    this.#block = block;
    this.#extended = template.Transform !== undefined;
  }

  all(value: unknown): void {
    this.#visit(value);
    if (this.#unresolved.size === 0) return;
    const names = [...this.#unresolved].join(', ');
    throw validationError(
      this.#block === 'Conditions' || this.#block === 'Rules'
        ? `Template format error: Unresolved dependencies [${names}]. Cannot reference resources in the ${this.#block} block of the template`
        : `Template format error: Unresolved resource dependencies [${names}] in the ${this.#block} block of the template`,
    );
  }

  #visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    const name = Array.isArray(node) ? undefined : functionOf(node);
    if (name !== undefined) this.#function(name, (node as Record<string, unknown>)[name]);
    else for (const child of Object.values(node)) this.#visit(child);
  }

  #function(name: string, argument: unknown): void {
    this.#allowed(name);
    const [from, to] = LENGTHS[name] ?? [];
    // Where a function may yield the whole list, its length shows later.
    if (from !== undefined) list(argument, name, from, to);
    switch (name) {
      case 'Ref':
        if (typeof argument !== 'string') throw malformed(name);
        this.#reference(argument);
        break;
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = getAttArguments(argument);
        if (this.#block === 'Conditions' || this.#block === 'Rules') this.#unresolved.add(logicalId);
        else this.#attribute(logicalId, 'Fn::GetAtt');
        this.#visit(attribute);
        break;
      }
      case 'Fn::Sub':
        this.#substitution(argument);
        break;
      case 'Fn::If': {
        const [condition, yes, no] = list(argument, name, 3, 3);
        this.#condition(conditionName(condition), name);
        this.#visit([yes, no]);
        break;
      }
      case 'Fn::FindInMap':
        this.#lookUp(argument);
        break;
      case 'Fn::ImportValue':
      case 'Fn::GetStackOutput':
        if (this.#dependsOnMore(argument)) {
          throw validationError(
            `Template error: the attribute in ${name} must not depend on any resources, imported values, or Fn::GetAZs`,
          );
        }
        this.#visit(argument);
        break;
      case 'Fn::And':
      case 'Fn::Or':
      case 'Fn::Not':
        for (const operand of list(argument, name)) this.#operand(operand, name);
        break;
      default:
        this.#visit(argument);
    }
  }

  #allowed(name: string): void {
    if (NOT_HERE.includes(name)) throw notImplemented(`The function ${name} in templates`);
    const known = [...SUPPORTED, ...NOT_NAMED, ...(this.#extended ? EXTENSIONS : [])];
    if (!known.includes(name)) {
      throw validationError(
        `Template error: Encountered unsupported function: ${name} Supported functions are: [${SUPPORTED.join(', ')}]`,
      );
    }
    const special = CONDITIONS.includes(name) || RULES.includes(name);
    if (this.#block === 'Resources' || this.#block === 'Outputs') {
      if (special) throw validationError(`Template error: ${name} cannot be partially collapsed`);
      return;
    }
    const fits = this.#block === 'Rules' ? special : CONDITIONS.includes(name);
    if (fits || COMPARABLE.includes(name) || name === 'Fn::GetAtt') return;
    throw validationError(`Template error: Cannot use ${name} in ${this.#block}.`);
  }

  #reference(name: string): void {
    if (name.startsWith('AWS::') || this.#template.Parameters?.[name]) return;
    const resources = this.#block === 'Resources' || this.#block === 'Outputs';
    if (!resources || !this.#template.Resources[name]) this.#unresolved.add(name);
  }

  #attribute(logicalId: string, within: string): void {
    if (this.#template.Resources[logicalId]) return;
    if (within === 'Fn::Sub' || this.#template.Parameters?.[logicalId]) {
      this.#unresolved.add(logicalId);
      return;
    }
    throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${logicalId}`);
  }

  #substitution(argument: unknown): void {
    const [pattern, variables] = subArguments(argument);
    for (const [, literal, variable] of pattern.matchAll(SUB_VARIABLE)) {
      if (literal || Object.hasOwn(variables, variable!)) continue;
      const { name, attribute } = subTarget(variable!);
      if (attribute === undefined || this.#block === 'Conditions') this.#reference(name);
      else this.#attribute(name, 'Fn::Sub');
    }
    this.#visit(Object.values(variables));
  }

  #lookUp(argument: unknown): void {
    const items = list(argument, 'Fn::FindInMap', 3, this.#extended ? 4 : 3);
    const [map] = items;
    const simple = (item: unknown) =>
      typeof item !== 'object' || item === null || ['Ref', 'Fn::FindInMap'].includes(functionOf(item) ?? '');
    if (!this.#extended && !items.every(simple)) throw malformed('Fn::FindInMap');
    if (typeof map === 'string' && !this.#template.Mappings?.[map]) {
      throw validationError(
        `Template error: Mapping named '${map}' is not present in the 'Mappings' section of template.`,
      );
    }
    this.#visit(items);
  }

  #operand(operand: unknown, name: string): void {
    if (typeof operand !== 'object' || operand === null) throw malformed(name);
    if ('Condition' in operand) this.#condition(String(operand.Condition), 'Condition');
    else this.#visit(operand);
  }

  #condition(name: string, within: string): void {
    if (this.#template.Conditions?.[name] !== undefined) return;
    throw validationError(`Template error: unresolved condition dependency ${name} in ${within}`);
  }

  #dependsOnMore(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const name = Array.isArray(value) ? undefined : functionOf(value);
    const argument = name === undefined ? undefined : (value as Record<string, unknown>)[name];
    if (name === 'Ref') return this.#template.Resources[String(argument)] !== undefined;
    if (name !== undefined && OF_OTHERS.includes(name)) return true;
    if (name === 'Fn::Sub') {
      const [pattern, variables] = subArguments(argument);
      const own = [...pattern.matchAll(SUB_VARIABLE)].filter(
        ([, literal, variable]) => !literal && !Object.hasOwn(variables, variable!),
      );
      if (own.some(([, , variable]) => this.#template.Resources[subTarget(variable!).name])) return true;
    }
    return Object.values(value).some((child) => this.#dependsOnMore(child));
  }
}
