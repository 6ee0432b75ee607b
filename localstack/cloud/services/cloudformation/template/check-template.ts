import { notImplemented } from '../../../core/aws-error';
import { validationError } from './errors';
import type { Template } from './template';

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

/** Refuses templates that AWS would refuse whatever the parameters, and what is not honoured here, by name. */
export function checkTemplate(template: Template): void {
  const unknown = Object.keys(template).filter((section) => !SECTIONS.includes(section));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  if (typeof template.Resources !== 'object' || template.Resources === null) {
    throw validationError('Template format error: At least one Resources member must be defined.');
  }
  for (const transform of [template.Transform ?? []].flat()) {
    // Only makes further functions available; they are, anyhow.
    if (transform !== 'AWS::LanguageExtensions') throw notImplemented(`The transform ${JSON.stringify(transform)}`);
  }
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (!/^[A-Za-z0-9]+$/.test(logicalId)) {
      throw validationError(`Template format error: Resource name ${logicalId} is non alphanumeric.`);
    }
    if (typeof resource?.Type !== 'string') {
      throw validationError(
        `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
      );
    }
    for (const attribute of Object.keys(resource)) {
      if (!ATTRIBUTES.includes(attribute)) throw notImplemented(`${resource.Type} ${logicalId}: ${attribute}`);
    }
    if (resource.Condition !== undefined && template.Conditions?.[resource.Condition] === undefined) {
      throw validationError(
        `Template format error: Condition ${resource.Condition} is not defined in the Conditions block`,
      );
    }
    for (const policy of [resource.DeletionPolicy, resource.UpdateReplacePolicy]) {
      // `Snapshot` is for databases and volumes, of which there are none here.
      if (policy !== undefined && !POLICIES.includes(policy))
        throw notImplemented(`${resource.Type}: policy ${policy}`);
    }
  }
}

/** `CAPABILITY_NAMED_IAM`, `CAPABILITY_IAM` or undefined: what the template asks the caller to acknowledge. */
export function neededCapability(template: Template): string | undefined {
  const iam = Object.values(template.Resources).filter((resource) => resource.Type.startsWith('AWS::IAM::'));
  if (iam.length === 0) return undefined;
  const named = iam.some(({ Properties: p }) => p && ['RoleName', 'ManagedPolicyName'].some((name) => name in p));
  return named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
}
