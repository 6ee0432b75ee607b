import { AwsError } from '../../../core/aws-error';
import type { CloudContext } from '../../../core/service';
import { rolePrincipal } from '../execution/role-credentials';
import type { ResolvedFunction } from '../functions';
import type { MappingRecord } from '../mappings/mapping-record';
import { SOURCE_ACTIONS } from '../mappings/source-permission';
import { invalidParameter } from './errors';

/** As Lambda does when a mapping is made: the source has to be there, and the function's role may read it. */
export function checkSource(
  context: CloudContext,
  source: MappingRecord['source'],
  arn: string,
  { record, config }: ResolvedFunction,
): void {
  const { registry } = context;
  const mayDo = (action: string): boolean => {
    try {
      registry.peer('iam').authorize(rolePrincipal(config.role, record.name), [{ action, resource: arn }]);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  };
  if (source === 'dynamodb') {
    try {
      registry.peer('dynamodb').shards(arn);
    } catch (error) {
      if (error instanceof AwsError) throw invalidParameter(`Stream not found: ${arn}`);
      throw error;
    }
    if (!SOURCE_ACTIONS.dynamodb.every(mayDo)) {
      throw invalidParameter(
        `Cannot access stream ${arn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
      );
    }
    return;
  }
  let visibility: number;
  try {
    visibility = registry.peer('sqs').visibilityTimeout(arn);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalidParameter(
      `Error occurred while ReceiveMessage. SQS Error Code: ${error.fields.queryErrorCode ?? error.code}. SQS Error Message: ${error.message}`,
    );
  }
  for (const action of SOURCE_ACTIONS.sqs) {
    if (!mayDo(action)) {
      throw invalidParameter(
        `The function execution role does not have permissions to call ${action.replace('sqs:', '')} on SQS`,
      );
    }
  }
  if (visibility < config.timeout * 1000) {
    throw invalidParameter(
      `Queue visibility timeout: ${visibility / 1000} seconds is less than Function timeout: ${config.timeout} seconds`,
    );
  }
}
