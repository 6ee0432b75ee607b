import { AwsError } from '../../../core/aws-error';
import type { Call, Operation } from '../../../core/service';
import { validationError } from '../errors';
import type { Table } from '../table/table';
import type { StoredPolicy } from '../table/table-record';
import type { Tables } from '../table/tables';
import { flag } from './common-shapes';
import { checkInput, type Shape } from './input-shape';

/** White space counts. */
const MAX_BYTES = 20_480;
/** As an expected revision: that there is no policy. */
const NO_POLICY = 'NO_POLICY';

const resourceArn: Shape = { type: 'string', required: true, min: 1, max: 1_283 };
const revisionId: Shape = { type: 'string', min: 1, max: 255 };

type Input = {
  readonly ResourceArn: string;
  readonly Policy: string;
  readonly ExpectedRevisionId?: string;
  readonly ConfirmRemoveSelfResourceAccess?: boolean;
};

/** The policy of a table, which is that of its indexes too, or of a stream. It counts at once. */
export const putResourcePolicy =
  (tables: Tables): Operation =>
  (input: Input, call) => {
    checkInput('PutResourcePolicy', input, {
      ResourceArn: resourceArn,
      Policy: { type: 'string', required: true },
      ExpectedRevisionId: revisionId,
      ConfirmRemoveSelfResourceAccess: flag,
    });
    const { record } = tableOf(tables, input.ResourceArn, call);
    const before = record.policies?.[input.ResourceArn];
    checkRevision(before, input.ExpectedRevisionId, input.ResourceArn);
    const policy = newPolicy(tables, input.Policy, input.ResourceArn, call, before, input);
    tables.save({ ...record, policies: { ...record.policies, [input.ResourceArn]: policy } });
    return { RevisionId: policy.revision };
  };

export const getResourcePolicy =
  (tables: Tables): Operation =>
  (input: Pick<Input, 'ResourceArn'>, call) => {
    checkInput('GetResourcePolicy', input, { ResourceArn: resourceArn });
    const policy = tableOf(tables, input.ResourceArn, call).record.policies?.[input.ResourceArn];
    if (!policy) throw policyNotFound(input.ResourceArn);
    return { Policy: policy.text, RevisionId: policy.revision };
  };

export const deleteResourcePolicy =
  (tables: Tables): Operation =>
  (input: Pick<Input, 'ResourceArn' | 'ExpectedRevisionId'>, call) => {
    checkInput('DeleteResourcePolicy', input, { ResourceArn: resourceArn, ExpectedRevisionId: revisionId });
    const { record } = tableOf(tables, input.ResourceArn, call);
    const { [input.ResourceArn]: policy, ...policies } = record.policies ?? {};
    checkRevision(policy, input.ExpectedRevisionId, input.ResourceArn);
    if (!policy) return { RevisionId: '' };
    tables.save({ ...record, policies });
    return { RevisionId: policy.revision };
  };

/** A policy that may be put; the same one again keeps its revision. Throws `ValidationException`. */
export function newPolicy(
  tables: Tables,
  text: string,
  resource: string,
  call: Call,
  before?: StoredPolicy,
  { ConfirmRemoveSelfResourceAccess: confirmed = false }: Pick<Input, 'ConfirmRemoveSelfResourceAccess'> = {},
): StoredPolicy {
  const { clock, registry } = tables.context;
  const iam = registry.peer('iam');
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw validationError(`Resource-based policy document exceeds the maximum size of ${MAX_BYTES} bytes`);
  }
  try {
    iam.checkResourcePolicy(text);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'MalformedPolicyDocument') throw error;
    throw validationError(`Invalid policy document: ${error.message}`);
  }
  const own = { action: 'dynamodb:PutResourcePolicy', resource };
  if (!confirmed && iam.judge(JSON.parse(text) as object, call.principal, own) === 'deny') {
    throw validationError(
      'The policy would not let you change the policy of this resource any more. Set ConfirmRemoveSelfResourceAccess to confirm that you want this.',
    );
  }
  if (before?.text === text) return before;
  return { text, revision: String(Math.max(clock.now(), Number(before?.revision ?? 0) + 1)) };
}

function checkRevision(policy: StoredPolicy | undefined, expected: string | undefined, resource: string): void {
  if (expected === undefined || expected === (policy?.revision ?? NO_POLICY)) return;
  throw policyNotFound(resource);
}

const policyNotFound = (resource: string): AwsError =>
  new AwsError('PolicyNotFoundException', `Resource-based policy not found for the provided ResourceArn: ${resource}`);

/** The table that an ARN names, or the one whose newest stream it names. */
function tableOf(tables: Tables, arn: string, call: Call): Table {
  const [table = '', label] = arn.split('/stream/');
  if (!table.startsWith('arn:')) throw validationError(`Invalid ResourceArn provided as input ${arn}`);
  const found = tables.find(call, table);
  if (!found || (label !== undefined && found.record.latestStream?.arn !== arn)) {
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: ResourceArn: ${arn} not found`);
  }
  return found;
}
