import type { Template } from './template';

/** Types for which the caller has to acknowledge that the stack makes or changes access management. */
const IAM_TYPES = [
  'AWS::IAM::AccessKey',
  'AWS::IAM::Group',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::IAM::UserToGroupAddition',
];
const NAMES = ['GroupName', 'InstanceProfileName', 'ManagedPolicyName', 'RoleName', 'UserName'];

/** `CAPABILITY_NAMED_IAM`, `CAPABILITY_IAM` or undefined: what the template asks the caller to acknowledge. */
export function neededCapability(template: Template): string | undefined {
  const iam = Object.values(template.Resources).filter(({ Type }) => IAM_TYPES.includes(Type));
  if (iam.length === 0) return undefined;
  const named = iam.some(({ Type, Properties: properties }) =>
    // The name in this one is that of a group that exists.
    NAMES.some((name) => Type !== 'AWS::IAM::UserToGroupAddition' && properties && name in properties),
  );
  return named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
}

/** Members of ValidateTemplate and GetTemplateSummary that say so. */
export function describeCapabilities(template: Template): object {
  const capability = neededCapability(template);
  if (!capability) return { Capabilities: [] };
  const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
  const reason = [...types].filter((type) => IAM_TYPES.includes(type)).join(', ');
  return {
    Capabilities: [capability],
    CapabilitiesReason: `The following resource(s) require capabilities: [${reason}]`,
  };
}
