import { AwsError } from '../../../core/aws-error';

/** Optimistic locking: `wanted`, when given, has to be the revision that is there. */
export function checkRevision(config: { readonly revisionId: string }, wanted: string | undefined): void {
  if (wanted === undefined || wanted === config.revisionId) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { status: 412, fields: { Type: 'User' } },
  );
}
