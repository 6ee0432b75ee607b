import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import type { Bucket, Buckets } from './bucket';
import type { Objects } from './objects';

/** All that the owner of a bucket can say here of who owns an object: that it is the owner of the bucket. */
const OWNERS_ONLY = ['private', 'bucket-owner-full-control'];

/** Access control lists, as far as buckets have them that keep to policies: everything belongs to the account. */
export function aclOperations(buckets: Buckets, objects: Objects): Record<string, Operation> {
  const granted = ({ account }: Bucket) => ({
    Owner: { ID: account },
    Grants: [{ Grantee: { Type: 'CanonicalUser', ID: account }, Permission: 'FULL_CONTROL' }],
  });
  return {
    GetBucketAcl: (input) => granted(buckets.get(input.Bucket)),
    GetObjectAcl: (input) => {
      const bucket = buckets.get(input.Bucket);
      objects.get(bucket, input.Key, input.VersionId);
      return granted(bucket);
    },
    PutBucketAcl: (input) => {
      refuseUnknown('PutBucketAcl', input, ['Bucket', 'ACL']);
      checkAcl('PutBucketAcl', buckets.get(input.Bucket), input.ACL);
    },
    PutObjectAcl: (input) => {
      refuseUnknown('PutObjectAcl', input, ['Bucket', 'Key', 'VersionId', 'ACL']);
      const bucket = buckets.get(input.Bucket);
      objects.get(bucket, input.Key, input.VersionId);
      checkAcl('PutObjectAcl', bucket, input.ACL);
    },
  };
}

/** Throws unless the canned ACL leaves everything to the owner. */
export function checkAcl(operation: string, bucket: Bucket, acl: unknown): void {
  if (acl === undefined || OWNERS_ONLY.includes(String(acl))) return;
  const ownership = bucket.settings.ownershipControls as { Rules?: { ObjectOwnership?: string }[] } | undefined;
  if (ownership?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced') {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  throw notImplemented(`${operation}: ACL ${acl}`);
}
