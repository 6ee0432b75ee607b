import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { CloudContext, Operation } from '../../core/service';
import type { Buckets } from './bucket';
import type { Objects } from './objects';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Buckets themselves. Inputs and results as in the SDK. */
export function bucketOperations(context: CloudContext, buckets: Buckets, objects: Objects): Record<string, Operation> {
  return {
    CreateBucket: (input, call) => {
      refuseUnknown('CreateBucket', input, ['Bucket', 'CreateBucketConfiguration', 'ACL', 'ObjectOwnership']);
      const name = String(input.Bucket);
      if (!BUCKET_NAME.test(name)) {
        throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', { fields: { BucketName: name } });
      }
      if (input.ACL !== undefined && input.ACL !== 'private') throw notImplemented(`CreateBucket: ACL ${input.ACL}`);
      const configuration = input.CreateBucketConfiguration ?? {};
      refuseUnknown('CreateBucket: CreateBucketConfiguration', configuration, ['LocationConstraint']);
      if (configuration.LocationConstraint === 'us-east-1') {
        throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
          fields: { LocationConstraint: 'us-east-1' },
        });
      }
      const region = configuration.LocationConstraint || call.region;
      const existing = buckets.find(name);
      if (existing && existing.account !== call.account) {
        throw new AwsError(
          'BucketAlreadyExists',
          'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
          { status: 409, fields: { BucketName: name } },
        );
      }
      // In us-east-1, and only there, the owner may create a bucket again.
      if (existing && region !== 'us-east-1') {
        throw new AwsError(
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          { status: 409, fields: { BucketName: name } },
        );
      }
      if (!existing) {
        const ownership = input.ObjectOwnership ?? 'BucketOwnerEnforced';
        buckets.set({
          name,
          region,
          account: call.account,
          createdAt: context.clock.now(),
          settings: { ownershipControls: { Rules: [{ ObjectOwnership: ownership }] } },
        });
      }
      return { Location: `/${name}` };
    },

    HeadBucket: (input) => ({ BucketRegion: buckets.get(input.Bucket).region }),

    GetBucketLocation: (input) => {
      const { region } = buckets.get(input.Bucket);
      // The oldest region has no name here.
      return { LocationConstraint: region === 'us-east-1' ? '' : region };
    },

    ListBuckets: (input, call) => {
      refuseUnknown('ListBuckets', input, ['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion']);
      const { Prefix = '', BucketRegion, ContinuationToken } = input;
      const after = ContinuationToken ? Buffer.from(ContinuationToken, 'base64').toString('utf8') : '';
      const behind = buckets
        .of(call.account)
        .filter(({ name }) => name.startsWith(Prefix) && name > after)
        .filter(({ region }) => BucketRegion === undefined || region === BucketRegion);
      const page = behind.slice(0, Number(input.MaxBuckets ?? behind.length));
      return {
        Buckets: page.map((bucket) => ({
          Name: bucket.name,
          CreationDate: new Date(bucket.createdAt),
          BucketRegion: bucket.region,
        })),
        Owner: { ID: call.account },
        ...(page.length < behind.length && {
          ContinuationToken: Buffer.from(page.at(-1)?.name ?? '').toString('base64'),
        }),
        ...(input.Prefix !== undefined && { Prefix }),
      };
    },

    DeleteBucket: (input) => {
      const bucket = buckets.get(input.Bucket);
      if (!objects.isEmpty(bucket)) {
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
          status: 409,
          fields: { BucketName: bucket.name },
        });
      }
      buckets.delete(bucket.name);
    },
  };
}
