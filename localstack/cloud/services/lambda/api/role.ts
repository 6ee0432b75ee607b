import { parseArn } from '../../../core/arn';
import { AwsError } from '../../../core/aws-error';
import type { Call, CloudContext } from '../../../core/service';
import { rolePrincipal } from '../execution/role-credentials';
import type { FunctionConfig } from '../function-record';
import { invalidParameter } from './errors';

type Settings = Pick<FunctionConfig, 'role' | 'tracing' | 'deadLetterArn'>;

/**
 * As Lambda does when a function is made or changed: the role has to be there, to trust Lambda, and to allow what
 * Lambda itself does in its name.
 */
export async function checkRole(
  context: CloudContext,
  { role, tracing, deadLetterArn }: Settings,
  functionName: string,
  call: Call,
  before?: Settings,
): Promise<void> {
  const moved = role !== before?.role;
  if (moved) await mustTrustLambda(context, role, call);
  const mustAllow = (action: string, resource: string, wording: string) => {
    try {
      context.registry.peer('iam').authorize(rolePrincipal(role, functionName), [{ action, resource }]);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw invalidParameter(`The provided execution role does not have permissions to call ${wording}`);
    }
  };
  if (tracing && (moved || tracing !== before?.tracing)) {
    mustAllow('xray:PutTraceSegments', '*', 'PutTraceSegments on XRAY');
  }
  if (deadLetterArn && (moved || deadLetterArn !== before?.deadLetterArn)) {
    if (parseArn(deadLetterArn)?.service === 'sns') mustAllow('sns:Publish', deadLetterArn, 'Publish on SNS');
    else mustAllow('sqs:SendMessage', deadLetterArn, 'SendMessage on SQS');
  }
}

async function mustTrustLambda({ registry }: CloudContext, roleArn: string, call: Call): Promise<void> {
  const refused = invalidParameter('The role defined for the function cannot be assumed by Lambda.');
  const root = { kind: 'root', arn: `arn:aws:iam::${call.account}:root` } as const;
  let document: string;
  try {
    const input = { RoleName: roleArn.split('/').pop() };
    const { Role } = await registry.call('iam', 'GetRole', input, { ...call, principal: root });
    document = decodeURIComponent(Role.AssumeRolePolicyDocument as string);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchEntity') throw refused;
    throw error;
  }
  const lambda = { kind: 'service', service: 'lambda.amazonaws.com', arn: 'lambda.amazonaws.com' } as const;
  const wanted = { action: 'sts:AssumeRole', resource: roleArn };
  if (registry.peer('iam').judge(JSON.parse(document) as object, lambda, wanted) !== 'allow') throw refused;
}
