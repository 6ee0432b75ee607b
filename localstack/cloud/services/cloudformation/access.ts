import type { Access, Call } from '../../core/service';

type Input = {
  readonly StackName?: string;
  readonly ChangeSetName?: string;
  readonly RoleARN?: string;
  readonly TemplateURL?: string;
};

export const CONDITION_KEYS = ['cloudformation:ChangeSetName', 'cloudformation:RoleArn', 'cloudformation:TemplateUrl'];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export function cloudFormationAccess(operation: string, input: unknown, { account, region }: Call): readonly Access[] {
  const { StackName: name, ChangeSetName, RoleARN: role, TemplateURL } = (input ?? {}) as Input;
  const arn = (stack: string) =>
    stack.startsWith('arn:') ? stack : `arn:aws:cloudformation:${region}:${account}:stack/${stack}/*`;
  const own: Access = {
    action: `cloudformation:${operation}`,
    resource: name ? arn(name) : '*',
    context: {
      ...(ChangeSetName && { 'cloudformation:ChangeSetName': ChangeSetName }),
      ...(role && { 'cloudformation:RoleArn': role }),
      ...(TemplateURL && { 'cloudformation:TemplateUrl': TemplateURL }),
    },
  };
  if (!role) return [own];
  // Whoever has CloudFormation act by a role must be allowed to hand that role on.
  const context = { 'iam:PassedToService': 'cloudformation.amazonaws.com' };
  return [own, { action: 'iam:PassRole', resource: role, context }];
}
