import { AwsError, notImplemented, refuseUnknown } from '../../../core/aws-error';
import { asAwsError } from '../../../core/registry';
import type { Call } from '../../../core/service';
import type { Stack, Tag, Target } from '../stacks/stack';
import { StackScope } from '../stacks/stack-scope';
import { checkTemplate, neededCapability } from '../template/check-template';
import { validationError } from '../template/errors';
import { truth } from '../template/intrinsics';
import { type ParameterValue, parameterValues } from '../template/parameters';
import { parseTemplate } from '../template/parse-template';
import type { Template } from '../template/template';
import type { CloudFormation } from './cloudformation';

// biome-ignore lint/suspicious/noExplicitAny: as it came over the wire.
type Input = any;

/** Members that CreateStack, UpdateStack and CreateChangeSet share. */
export const TARGET_MEMBERS = [
  'StackName',
  'TemplateBody',
  'TemplateURL',
  'UsePreviousTemplate',
  'Parameters',
  'Capabilities',
  'Tags',
  'RoleARN',
  // Only when they ask for nothing.
  'NotificationARNs',
  'RollbackConfiguration',
  'ClientRequestToken',
  'DeploymentConfig',
];

/** What a request asks the stack to become, with its template read and its parameters resolved. */
export async function targetOf(
  cloud: CloudFormation,
  operation: string,
  input: Input,
  call: Call,
  stack: Pick<Stack, 'id' | 'name' | 'account' | 'region'> & Partial<Target>,
): Promise<Target> {
  for (const member of ['NotificationARNs', 'RollbackConfiguration']) {
    if (asks(input[member])) throw notImplemented(`${operation}: ${member}`);
  }
  checkDeploymentConfig(operation, input);
  const templateBody = await templateText(cloud, input, stack.templateBody);
  const template = parseTemplate(templateBody);
  checkTemplate(template);
  const capabilities = (input.Capabilities || []) as string[];
  checkCapabilities(template, capabilities);
  const parameters = await parameterValues(template, input.Parameters || [], stack.parameters ?? [], (name) =>
    readParameter(cloud, name, call),
  );
  checkRules(template, parameters, stack);
  const roleArn = (input.RoleARN as string | undefined) ?? stack.roleArn;
  if (input.RoleARN) await checkRole(cloud, input.RoleARN, call);
  return {
    templateBody,
    parameters,
    capabilities,
    tags: input.Tags === undefined ? (stack.tags ?? []) : ((input.Tags || []) as Tag[]),
    ...(roleArn && { roleArn }),
  };
}

/** Express deployments answer before resources are stable; here everything is done when the answer comes. */
export function checkDeploymentConfig(operation: string, { DeploymentConfig = {} }: Input): void {
  refuseUnknown(`${operation}: DeploymentConfig`, DeploymentConfig, ['Mode']);
  if ((DeploymentConfig.Mode ?? 'STANDARD') !== 'STANDARD') {
    throw notImplemented(`${operation}: DeploymentConfig.Mode ${DeploymentConfig.Mode}`);
  }
}

/** The template that a request brings, points to, or takes over. */
export async function templateText(cloud: CloudFormation, input: Input, previous?: string): Promise<string> {
  if (input.TemplateBody) return String(input.TemplateBody);
  if (input.TemplateURL) return readTemplate(cloud, String(input.TemplateURL));
  if (String(input.UsePreviousTemplate) === 'true' && previous !== undefined) return previous;
  throw validationError('Either Template URL or Template Body must be specified.');
}

/** Path-style and virtual-host URLs of S3, at AWS or here. */
function readTemplate({ context }: CloudFormation, text: string): string {
  const url = new URL(text);
  const host = /^(.+)\.s3[.-]/.exec(url.hostname)?.[1];
  const path = decodeURIComponent(host ? `/${host}${url.pathname}` : url.pathname);
  const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
  try {
    return context.registry.peer('s3').read(bucket, key).toString('utf8');
  } catch (error) {
    throw validationError(`S3 error: ${asAwsError(error).message} (${text})`);
  }
}

async function readParameter({ context }: CloudFormation, name: string, call: Call): Promise<string | undefined> {
  try {
    const { Parameter } = await context.registry.call('ssm', 'GetParameter', { Name: name }, call);
    return Parameter.Value as string;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ParameterNotFound') return undefined;
    throw error;
  }
}

async function checkRole({ context }: CloudFormation, roleArn: string, call: Call): Promise<void> {
  const RoleName = roleArn.split('/').pop();
  await context.registry.call('iam', 'GetRole', { RoleName }, call).catch(() => {
    throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
  });
}

function checkCapabilities(template: Template, given: readonly string[]): void {
  const needed = neededCapability(template);
  const enough = needed === 'CAPABILITY_IAM' ? ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] : [needed];
  if (needed && !enough.some((capability) => capability && given.includes(capability))) {
    throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
  }
}

/** Rules judge the parameters before anything is done. */
function checkRules(
  template: Template,
  parameters: readonly ParameterValue[],
  stack: Pick<Stack, 'id' | 'name' | 'account' | 'region'>,
): void {
  const scope = new StackScope({
    template,
    parameters,
    stack,
    resource: () => undefined,
    exportValue: () => undefined,
  });
  for (const [name, rule] of Object.entries(template.Rules ?? {})) {
    if (rule.RuleCondition !== undefined && !truth(rule.RuleCondition, scope)) continue;
    for (const { Assert, AssertDescription } of rule.Assertions) {
      if (truth(Assert, scope)) continue;
      throw validationError(`Template error: the assertion of rule ${name} failed. ${AssertDescription ?? ''}`.trim());
    }
  }
}

function asks(value: unknown): boolean {
  if (value === undefined || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || value === null || Object.values(value).some(asks);
}
