import { notImplemented } from '../../../core/aws-error';
import { checkFunctions } from './check-functions';
import { checkParameters } from './check-parameters';
import { validationError } from './errors';
import type { Template, TemplateResource } from './template';

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Transform',
  'Parameters',
  'Mappings',
  'Conditions',
  'Rules',
  'Resources',
  'Outputs',
];
const ATTRIBUTES = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
];
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate'];
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST = { Parameters: 200, Mappings: 200, Resources: 500, Outputs: 200 } as const;
const LONGEST_DESCRIPTION = 1024;

/** The outline, as it is written: sections, their names and sizes, parameters. Throws `ValidationError`. */
export function checkOutline(template: Template): void {
  const unknown = Object.keys(template).filter((section) => !SECTIONS.includes(section));
  if (unknown.includes('Hooks')) throw notImplemented('The section Hooks of templates');
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const { AWSTemplateFormatVersion: version = '2010-09-09', Description: description = '' } = template;
  if (version !== '2010-09-09') {
    throw validationError(`Template format error: ${version} is not a supported value for AWSTemplateFormatVersion.`);
  }
  if (typeof description !== 'string') {
    throw validationError('Template format error: Every Description member must be a string.');
  }
  if (Buffer.byteLength(description) > LONGEST_DESCRIPTION) {
    throw validationError(`Template format error: 'Description' length is greater than ${LONGEST_DESCRIPTION}.`);
  }
  for (const section of ['Parameters', 'Mappings', 'Conditions', 'Rules', 'Resources', 'Outputs'] as const) {
    const value = template[section];
    if (value !== undefined && (typeof value !== 'object' || Array.isArray(value))) {
      throw validationError(`Template format error: [/${section}] Every ${section} section must be a map`);
    }
  }
  if (Object.keys(template.Resources ?? {}).length === 0) {
    throw validationError('Template format error: At least one Resources member must be defined.');
  }
  refuseNull(template, '');
  for (const transform of [template.Transform ?? []].flat()) {
    if (transform !== 'AWS::LanguageExtensions') throw notImplemented(`The transform ${JSON.stringify(transform)}`);
  }
  checkParameters(template.Parameters ?? {});
}

/** Refuses templates that AWS would refuse whatever the parameters, and what is not honoured here, by name. */
export function checkTemplate(template: Template): void {
  for (const [section, most] of Object.entries(MOST) as [keyof typeof MOST, number][]) {
    const count = Object.keys(template[section] ?? {}).length;
    if (count > most) {
      throw validationError(
        `Template format error: Number of ${section.toLowerCase()}, ${count}, is greater than maximum allowed, ${most}`,
      );
    }
  }
  checkMappings(template);
  for (const [logicalId, resource] of Object.entries(template.Resources)) checkResource(template, logicalId, resource);
  for (const [name, rule] of Object.entries(template.Rules ?? {})) {
    if (!Array.isArray(rule?.Assertions)) {
      throw validationError(`Template format error: [/Rules/${name}] Every Rules object must contain Assertions.`);
    }
  }
  checkOutputs(template);
  checkFunctions(template);
}

function checkMappings({ Mappings = {} }: Template): void {
  for (const [map, entries] of Object.entries(Mappings)) {
    for (const [key, attributes] of Object.entries(entries)) {
      if (typeof attributes !== 'object' || Array.isArray(attributes)) {
        throw validationError(
          `Template format error: [/Mappings/${map}/${key}] Every Mappings attribute must be a map`,
        );
      }
      const wrong = Object.values(attributes).find((value) => typeof value === 'object' && !Array.isArray(value));
      if (wrong) throw validationError('Template format error: Every Mappings attribute must be a String or a List.');
    }
  }
}

function checkResource(template: Template, logicalId: string, resource: TemplateResource): void {
  if (!/^[A-Za-z0-9]+$/.test(logicalId)) {
    throw validationError(`Template format error: Resource name ${logicalId} is non alphanumeric.`);
  }
  if (typeof resource !== 'object' || typeof resource.Type !== 'string') {
    throw validationError(
      `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
    );
  }
  for (const attribute of Object.keys(resource)) {
    if (ATTRIBUTES.includes(attribute)) continue;
    if (['CreationPolicy', 'UpdatePolicy'].includes(attribute)) {
      throw notImplemented(`${resource.Type} ${logicalId}: ${attribute}`);
    }
    throw validationError(`Invalid template resource property '${attribute}'`);
  }
  if (typeof (resource.Properties ?? {}) !== 'object' || Array.isArray(resource.Properties)) {
    throw validationError(`Template format error: [/Resources/${logicalId}/Properties] Properties must be a map`);
  }
  const dependsOn = [resource.DependsOn ?? []].flat() as unknown[];
  if (!dependsOn.every((name) => typeof name === 'string')) {
    throw validationError('Template format error: Every DependsOn value must be a string.');
  }
  checkCondition(template, resource.Condition, 'Resources');
  for (const policy of [resource.DeletionPolicy, resource.UpdateReplacePolicy]) {
    if (policy === undefined || POLICIES.includes(policy)) continue;
    // `Snapshot` is for databases and volumes, of which there are none here.
    if (policy === 'Snapshot') throw notImplemented(`${resource.Type}: policy ${policy}`);
    throw validationError(`Template error: Unrecognized DeletionPolicy ${JSON.stringify(policy)} for ${logicalId}`);
  }
}

function checkOutputs(template: Template): void {
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    if (!/^[A-Za-z0-9]+$/.test(name)) {
      throw validationError(`Template format error: Outputs name '${name}' is non alphanumeric.`);
    }
    if (typeof output !== 'object' || output.Value === undefined) {
      throw validationError('Template format error: Every Outputs member must contain a Value object');
    }
    checkCondition(template, output.Condition, 'Outputs');
  }
}

function checkCondition(template: Template, condition: unknown, block: string): void {
  if (condition === undefined || template.Conditions?.[String(condition)] !== undefined) return;
  throw validationError(
    `Template format error: Unresolved condition dependency ${condition} in the ${block} block of the template`,
  );
}

function refuseNull(value: unknown, path: string): void {
  if (value === null) throw validationError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value as object)) {
    if (typeof child === 'object') refuseNull(child, `${path}/${key}`);
  }
}
