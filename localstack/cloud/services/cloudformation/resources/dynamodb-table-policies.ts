import type { Properties, ResourceContext } from './handler';
import { jsonText } from './pick';

type Arns = { readonly TableArn: string; readonly LatestStreamArn?: string };

/** Puts the policies of a table and of its stream, or takes them away. A new stream has none yet. */
export async function updatePolicies(
  { TableArn, LatestStreamArn }: Arns,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  const update = async (
    ResourceArn: string | undefined,
    policy: Properties | undefined,
    old: Properties | undefined,
  ) => {
    if (ResourceArn === undefined) return;
    if (policy) {
      await call('dynamodb', 'PutResourcePolicy', { ResourceArn, Policy: jsonText(policy.PolicyDocument) });
    } else if (old) await call('dynamodb', 'DeleteResourcePolicy', { ResourceArn });
  };
  await update(TableArn, properties.ResourcePolicy, before.ResourcePolicy);
  await update(
    properties.StreamSpecification && LatestStreamArn,
    properties.StreamSpecification?.ResourcePolicy,
    before.StreamSpecification?.ResourcePolicy,
  );
}
