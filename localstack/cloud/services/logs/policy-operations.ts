import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { CloudContext, Operation } from '../../core/service';
import { page } from './page';
import type { ResourcePolicies, ResourcePolicy } from './resource-policies';

/** Quotas: policies of an account in a region, and characters of one. */
const MAX_POLICIES = 10;
const MAX_CHARACTERS = 5_120;

/** Policies of an account that let services write to its log groups. Those of single log groups are refused by name. */
export function policyOperations(
  policies: ResourcePolicies,
  { clock, registry }: Pick<CloudContext, 'clock' | 'registry'>,
): Record<string, Operation> {
  return {
    PutResourcePolicy: (input, call) => {
      refuseUnknown('PutResourcePolicy', input, ['policyName', 'policyDocument']);
      const { policyName: name, policyDocument: document } = input;
      const { account, region } = call;
      if (typeof name !== 'string' || name === '') throw invalid('policyName is required.');
      checkDocument(document, (text) => registry.peer('iam').checkResourcePolicy(text));
      if (!policies.find(call, name) && policies.list(call).length >= MAX_POLICIES) {
        throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
      }
      const policy = { account, region, name, document, lastUpdatedTime: clock.now() };
      policies.put(policy);
      return { resourcePolicy: shown(policy) };
    },
    DescribeResourcePolicies: (input, call) => {
      refuseUnknown('DescribeResourcePolicies', input, ['nextToken', 'limit', 'policyScope']);
      if (input.policyScope === 'RESOURCE') throw notImplemented('DescribeResourcePolicies: policyScope RESOURCE');
      const { items, nextToken } = page(policies.list(call), ({ name }) => name, input.nextToken, input.limit ?? 50);
      return { resourcePolicies: items.map(shown), ...nextToken };
    },
    DeleteResourcePolicy: (input, call) => {
      refuseUnknown('DeleteResourcePolicy', input, ['policyName']);
      const policy = policies.find(call, input.policyName ?? '');
      if (!policy) {
        throw new AwsError('ResourceNotFoundException', `Policy with name [${input.policyName}] does not exist`);
      }
      policies.delete(policy);
    },
  };
}

function checkDocument(document: unknown, check: (text: string) => void): asserts document is string {
  if (typeof document !== 'string' || document === '') throw invalid('policyDocument is required.');
  if (document.length > MAX_CHARACTERS) {
    throw invalid(
      `1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must have length less than or equal to ${MAX_CHARACTERS}`,
    );
  }
  try {
    check(document);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'MalformedPolicyDocument') throw invalid(error.message);
    throw error;
  }
}

const shown = ({ name, document, lastUpdatedTime }: ResourcePolicy) => ({
  policyName: name,
  policyDocument: document,
  lastUpdatedTime,
  policyScope: 'ACCOUNT',
});

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
