import { AwsError } from '../../core/aws-error';
import type { HttpRequest } from '../../core/http';
import type { ObjectReader } from '../../core/peers';
import type { Access, Call, CloudContext, Operation, Service } from '../../core/service';
import { BLOBS, Blobs } from './blobs';
import { Buckets } from './bucket';
import { bucketOperations } from './bucket-operations';
import { bucketSettingOperations } from './bucket-settings';
import { listOperations } from './list-objects';
import { MultipartUploads } from './multipart';
import { objectOperations } from './object-operations';
import { Objects } from './objects';
import { accessOf } from './permissions';
import { decodeRequest, encodeReply, type S3Call, withoutBody } from './rest';

/** S3: buckets and objects. Objects are files below the cloud's directory, what is known of them is in the store. */
export function createS3(context: CloudContext): { service: Service & { readonly name: 's3' }; peer: ObjectReader } {
  const blobs = new Blobs(context.dir);
  const buckets = new Buckets(context);
  const objects = new Objects(context, blobs);
  const uploads = new MultipartUploads(context, buckets, objects, blobs);
  const operations: Record<string, Operation> = {
    ...bucketOperations(context, buckets, objects),
    ...bucketSettingOperations(buckets),
    ...objectOperations(context, buckets, objects),
    ...listOperations(buckets, objects),
    ...uploads.operations,
  };
  // A request is decoded twice, for its permissions and to be run.
  const decoded = new WeakMap<HttpRequest, S3Call>();
  const decode = (request: HttpRequest): S3Call => {
    let call = decoded.get(request);
    if (!call) {
      call = decodeRequest(request);
      decoded.set(request, call);
    }
    return call;
  };

  const checkBucketPolicy = ({ operation, input }: S3Call, call: Call): void => {
    const bucket = buckets.find(String(input.Bucket ?? ''));
    const policy = bucket && buckets.policyOf(bucket);
    if (!policy) return;
    for (const access of accessOf(operation, input)) {
      if (context.registry.peer('iam').judge(policy, call.principal, access) === 'deny') {
        throw new AwsError(
          'AccessDenied',
          `User: ${call.principal.arn} is not authorized to perform: ${access.action} on resource: "${access.resource}" with an explicit deny in a resource-based policy`,
          { status: 403 },
        );
      }
    }
  };

  return {
    peer: { read: (bucket, key) => objects.read(objects.get(buckets.get(bucket), key)) },
    service: {
      name: 's3',
      signingNames: ['s3'],
      protocol: { kind: 'rest-xml' },
      operations,
      rawOperations: {
        '*': async (request, _params, call) => {
          try {
            const decodedCall = decode(request);
            checkBucketPolicy(decodedCall, call);
            const output = await operations[decodedCall.operation]!(decodedCall.input, call);
            return encodeReply(decodedCall.operation, (output ?? {}) as Record<string, unknown>, call.requestId);
          } catch (error) {
            throw request.method === 'HEAD' && error instanceof AwsError ? withoutBody(error) : error;
          }
        },
      },
      access: (operation, input): Access[] => {
        if (operation !== '*') return accessOf(operation, input as Record<string, unknown>);
        const call = decode(input as HttpRequest);
        return accessOf(call.operation, call.input);
      },
      // Objects are what was deployed, so that no space of theirs is emptied by a reset.
      files: [BLOBS],
      failure: (kind, _operation, _input, code) =>
        failure(code ?? (kind === 'throttle' ? 'SlowDown' : 'InternalError')),
      start: () => blobs.sweep(new Set([...objects.usedBlobs(), ...uploads.usedBlobs()])),
    },
  };
}

/** S3's own errors, for the adversary. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function failure(code: string): AwsError | undefined {
  if (code === 'SlowDown') return new AwsError(code, 'Please reduce your request rate.', { status: 503 });
  if (code !== 'InternalError') return undefined;
  return new AwsError(code, 'We encountered an internal error. Please try again.', { status: 500 });
}
