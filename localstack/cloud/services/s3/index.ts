import { AwsError } from '../../core/aws-error';
import type { HttpRequest } from '../../core/http';
import type { ObjectReader } from '../../core/peers';
import type { Access, CloudContext, Operation, Service } from '../../core/service';
import { aclOperations } from './acl-operations';
import { BLOBS, Blobs } from './blobs';
import { type Bucket, Buckets } from './bucket';
import { bucketOperations } from './bucket-operations';
import { bucketSettingOperations } from './bucket-settings';
import { corsHeaders, preflight } from './cors';
import { Lifecycle } from './lifecycle/lifecycle';
import { listOperations } from './list-objects';
import { listVersionsOperation } from './list-versions';
import { MultipartUploads } from './multipart';
import type { Announce } from './notifications/change';
import { notificationOperations } from './notifications/notification-operations';
import { Notifier } from './notifications/notifier';
import { objectOperations } from './object-operations';
import { Objects } from './objects';
import { accessOf } from './permissions';
import { encodeReply, withoutBody } from './rest-reply';
import { decodeRequest, type S3Call } from './rest-request';

/** S3: buckets and objects. Objects are files below the cloud's directory, what is known of them is in the store. */
export function createS3(context: CloudContext): { service: Service & { readonly name: 's3' }; peer: ObjectReader } {
  const blobs = new Blobs(context.dir);
  const buckets = new Buckets(context);
  const objects = new Objects(context, blobs);
  const notifier = new Notifier(context);
  const announce: Announce = (bucket, change) => notifier.announce(bucket, change);
  const uploads = new MultipartUploads(context, buckets, objects, blobs, announce);
  const lifecycle = new Lifecycle({ clock: context.clock, buckets, objects, uploads, announce });
  const operations: Record<string, Operation> = {
    ...bucketOperations(context, buckets, objects),
    ...bucketSettingOperations(buckets, context.registry),
    ...notificationOperations(context, buckets, notifier),
    ...aclOperations(buckets, objects),
    ...objectOperations(context, buckets, objects, announce),
    ...listOperations(buckets, objects),
    ListObjectVersions: listVersionsOperation(buckets, objects),
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
            const { operation, input } = decodedCall;
            if (operation === 'Preflight') return preflight(buckets.get(String(input.Bucket)), request);
            checkOwner(request, buckets.find(String(input.Bucket ?? '')));
            const output = (await operations[operation]!(input, call)) ?? {};
            const reply = encodeReply(operation, output as Record<string, unknown>, call.requestId);
            const cors = corsHeaders(buckets.find(String(input.Bucket ?? '')), request);
            return { ...reply, headers: { ...reply.headers, ...cors } };
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            throw request.method === 'HEAD' ? withoutBody(error) : onResource(error, request);
          }
        },
      },
      operationOf: (request) => {
        try {
          return decode(request).operation;
        } catch {
          // Why it cannot be read, whoever is to run it will say.
          return '*';
        }
      },
      access: (operation, input): Access[] => {
        const call = operation === '*' ? decode(input as HttpRequest) : decoded.get(input as HttpRequest);
        return call ? accessOf(call.operation, call.input) : accessOf(operation, input as Record<string, unknown>);
      },
      resourcePolicy: (arn) => {
        const bucket = buckets.find(bucketIn(arn));
        return bucket && buckets.policyOf(bucket);
      },
      conditionKeys: [
        's3:prefix',
        's3:delimiter',
        's3:max-keys',
        's3:VersionId',
        's3:ResourceAccount',
        's3:TlsVersion',
      ],
      // Objects are what was deployed, so that no space of theirs is emptied by a reset.
      files: [BLOBS],
      failure: (kind, _operation, _input, code) =>
        failure(code ?? (kind === 'throttle' ? 'SlowDown' : 'InternalError')),
      start: () => {
        blobs.sweep(new Set([...objects.usedBlobs(), ...uploads.usedBlobs()]));
        lifecycle.start();
      },
      stop: () => lifecycle.stop(),
    },
  };
}

/** The bucket of `arn:aws:s3:::bucket/key`. */
const bucketIn = (arn: string): string => arn.split(':::')[1]?.split('/')[0] ?? '';

/** `x-amz-expected-bucket-owner`. Throws `AccessDenied`. */
function checkOwner({ headers }: HttpRequest, bucket: Bucket | undefined): void {
  const expected = headers['x-amz-expected-bucket-owner'];
  if (bucket && expected !== undefined && expected !== bucket.account) {
    throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
  }
}

/** S3's errors say what they are about. */
function onResource(error: AwsError, { path }: HttpRequest): AwsError {
  const { code, message, status, fields } = error;
  return new AwsError(code, message, { status, fields: { ...fields, Resource: decodeURIComponent(path) } });
}

/** S3's own errors, for the adversary. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function failure(code: string): AwsError | undefined {
  if (code === 'SlowDown') return new AwsError(code, 'Please reduce your request rate.', { status: 503 });
  if (code !== 'InternalError') return undefined;
  return new AwsError(code, 'We encountered an internal error. Please try again.', { status: 500 });
}
