import type { Registry } from '../cloud/core/registry';
import type { Call } from '../cloud/core/service';

type Template = {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: { readonly FunctionName?: unknown } }>
  >;
};

/** The logical ids of functions that have no name of their own, without CDK's hash, by their physical names. */
export async function functionNamesOf(
  stackName: string,
  templateText: string,
  registry: Registry,
  call: Call,
): Promise<Record<string, string>> {
  const { Resources } = JSON.parse(templateText) as Template;
  const unnamed = Object.entries(Resources).filter(
    ([, { Type, Properties }]) => Type === 'AWS::Lambda::Function' && Properties?.FunctionName === undefined,
  );
  const names: Record<string, string> = {};
  for (const [logicalId] of unnamed) {
    const { StackResourceDetail } = await registry.call(
      'cloudformation',
      'DescribeStackResource',
      { StackName: stackName, LogicalResourceId: logicalId },
      call,
    );
    names[StackResourceDetail.PhysicalResourceId] = logicalId.replace(/(Function)?[0-9A-F]{8}$/, '');
  }
  return names;
}
