import { AwsError, notImplemented, refuseUnknown } from '../../../core/aws-error';
import { asAwsError } from '../../../core/registry';
import type { Call } from '../../../core/service';
import { checkOutputs } from '../stacks/check-outputs';
import { exportsOf } from '../stacks/exports';
import { knownReferences } from '../stacks/known-references';
import { referenceValues } from '../stacks/reference-values';
import { ServiceCalls } from '../stacks/service-calls';
import type { Stack, Tag, Target } from '../stacks/stack';
import { StackScope } from '../stacks/stack-scope';
import { neededCapability } from '../template/capabilities';
import { validationError } from '../template/errors';
import { truth } from '../template/intrinsics';
import { type ParameterValue, parameterValues } from '../template/parameters';
import { readOutline, readTemplate } from '../template/read-template';
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
  stack: Place & Partial<Target>,
): Promise<Target> {
  for (const member of ['NotificationARNs', 'RollbackConfiguration']) {
    if (asks(input[member])) throw notImplemented(`${operation}: ${member}`);
  }
  checkDeploymentConfig(operation, input);
  const templateBody = await templateText(cloud, input, stack.templateBody);
  const written = readOutline(templateBody);
  const roleArn = (input.RoleARN as string | undefined) ?? stack.roleArn;
  if (input.RoleARN) await checkRole(cloud, input.RoleARN, call);
  const calls = new ServiceCalls(cloud.context, { ...stack, ...(roleArn && { roleArn }) }, call);
  const lookUp = referenceValues((service, name, request) => calls.call(service, name, request));
  const store = { read: (name: string) => readParameter(cloud, name, call), lookUp };
  const parameters = await parameterValues(written, input.Parameters || [], stack.parameters ?? [], store);
  const scopeOf = (template: Template) => scopeOfParameters(cloud, template, parameters, stack);
  const template = readTemplate(written, scopeOf);
  const capabilities = (input.Capabilities || []) as string[];
  for (const name of Object.keys(template.Conditions ?? {})) scopeOf(template).condition(name);
  // A change set is looked at before it is carried out: it may expand what it likes.
  checkCapabilities(template, capabilities, { expand: operation !== 'CreateChangeSet' });
  checkRules(template, scopeOf(template));
  checkOutputs(template, scopeOf(template));
  return {
    templateBody,
    parameters,
    references: await knownReferences(template, scopeOf(template), lookUp),
    capabilities,
    tags: input.Tags === undefined ? (stack.tags ?? []) : ((input.Tags || []) as Tag[]),
    ...(roleArn && { roleArn }),
  };
}

type Place = Pick<Stack, 'id' | 'name' | 'account' | 'region'>;

/** In which parameters and exports have values, and no resource is there. */
export const scopeOfParameters = (
  { stacks }: CloudFormation,
  template: Template,
  parameters: readonly ParameterValue[],
  stack: Place,
): StackScope =>
  new StackScope({
    template,
    parameters,
    stack,
    resource: () => undefined,
    exportValue: (name) => exportsOf(stacks, stack).find((known) => known.name === name)?.value,
    outputsOf: (name, region) => stacks.find({ account: stack.account, region }, name)?.outputs,
  });

/** Express deployments answer before resources are stable; here everything is done when the answer comes. */
export function checkDeploymentConfig(operation: string, { DeploymentConfig = {} }: Input): void {
  refuseUnknown(`${operation}: DeploymentConfig`, DeploymentConfig, ['Mode']);
  if ((DeploymentConfig.Mode ?? 'STANDARD') !== 'STANDARD') {
    throw notImplemented(`${operation}: DeploymentConfig.Mode ${DeploymentConfig.Mode}`);
  }
}

/** Longest template in a request, and at a URL, in bytes. */
const LONGEST_BODY = 51_200;
const LONGEST_FILE = 1_000_000;

/** The template that a request brings, points to, or takes over. */
export async function templateText(cloud: CloudFormation, input: Input, previous?: string): Promise<string> {
  if (input.TemplateBody && input.TemplateURL) {
    throw validationError('Only one of TemplateBody and TemplateURL may be specified.');
  }
  if (input.TemplateBody) return checkedBody(String(input.TemplateBody));
  if (input.TemplateURL) return readFile(cloud, String(input.TemplateURL));
  if (String(input.UsePreviousTemplate) === 'true' && previous !== undefined) return previous;
  throw validationError('Either Template URL or Template Body must be specified.');
}

function checkedBody(body: string): string {
  if (Buffer.byteLength(body) <= LONGEST_BODY) return body;
  throw validationError(
    `1 validation error detected: Value '${body.slice(0, 100)}…' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_BODY}`,
  );
}

/** Path-style and virtual-host URLs of S3, at AWS or here. */
function readFile({ context }: CloudFormation, text: string): string {
  const { protocol, hostname, pathname } = URL.canParse(text)
    ? new URL(text)
    : { protocol: '', hostname: '', pathname: '' };
  const host = /^(.+)\.s3[.-]/.exec(hostname)?.[1];
  const path = decodeURIComponent(host ? `/${host}${pathname}` : pathname);
  const [, bucket, key] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (!bucket || !key || !/^https?:$/.test(protocol)) throw validationError('TemplateURL must be a supported URL.');
  let file: Buffer;
  try {
    file = context.registry.peer('s3').read(bucket, key);
  } catch (error) {
    throw validationError(`S3 error: ${asAwsError(error).message} (${text})`);
  }
  if (file.byteLength > LONGEST_FILE) throw validationError(`Template may not exceed ${LONGEST_FILE} bytes in size.`);
  return file.toString('utf8');
}

async function readParameter({ context }: CloudFormation, name: string, call: Call) {
  try {
    const { Parameter } = await context.registry.call('ssm', 'GetParameter', { Name: name }, call);
    return { type: Parameter.Type as string, value: Parameter.Value as string };
  } catch (error) {
    if (error instanceof AwsError && /^Parameter(Version)?NotFound$/.test(error.code)) return undefined;
    throw error;
  }
}

async function checkRole({ context }: CloudFormation, roleArn: string, call: Call): Promise<void> {
  const RoleName = roleArn.split('/').pop();
  await context.registry.call('iam', 'GetRole', { RoleName }, call).catch(() => {
    throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
  });
}

function checkCapabilities(template: Template, given: readonly string[], { expand }: { expand: boolean }): void {
  const needed = neededCapability(template);
  const enough = needed === 'CAPABILITY_IAM' ? ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] : [needed];
  const missing = [
    ...(needed && !enough.some((capability) => capability && given.includes(capability)) ? [needed] : []),
    ...(expand && template.Transform && !given.includes('CAPABILITY_AUTO_EXPAND') ? ['CAPABILITY_AUTO_EXPAND'] : []),
  ];
  if (missing.length === 0) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
}

/** Rules judge the parameters before anything is done. */
function checkRules(template: Template, scope: StackScope): void {
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
