import { AwsError } from '../../../core/aws-error';
import type { CloudContext } from '../../../core/service';
import type { FunctionConfig, FunctionRecord } from '../function-record';
import { rolePrincipal } from './role-credentials';

/** A function's log is written in the name of its role; without the permission there is none, and nobody is told. */
export function mayWriteLogs(
  { registry }: CloudContext,
  record: FunctionRecord,
  { role, logging }: FunctionConfig,
  stream: string,
): boolean {
  const group = `arn:aws:logs:${record.region}:${record.account}:log-group:${logging.LogGroup}`;
  try {
    registry.peer('iam').authorize(rolePrincipal(role, record.name), [
      { action: 'logs:CreateLogStream', resource: `${group}:log-stream:` },
      { action: 'logs:PutLogEvents', resource: `${group}:log-stream:${stream}` },
    ]);
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}
