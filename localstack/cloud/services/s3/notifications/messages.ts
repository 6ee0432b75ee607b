import type { Bucket } from '../bucket';
import { type Change, namesOf } from './change';

export type Happening = {
  readonly bucket: Bucket;
  readonly change: Change;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Orders the events of one key: greater is later. */
  readonly sequencer: string;
};

/** Calls do not know their sender's address; everybody is on this machine. */
const SOURCE_IP = '127.0.0.1';

/** What a function, a queue or a topic gets. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function notificationOf({ bucket, change, time, sequencer }: Happening, configurationId: string): string {
  const { object, call } = change;
  const removed = change.kind === 'removed' || change.kind === 'marked';
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: bucket.region,
        eventTime: new Date(time).toISOString(),
        eventName: namesOf(change).event,
        userIdentity: { principalId: call ? `AWS:${call.principal.arn.replace(/^.*:/, '')}` : 's3.amazonaws.com' },
        requestParameters: { sourceIPAddress: SOURCE_IP },
        responseElements: { 'x-amz-request-id': call?.requestId ?? '', 'x-amz-id-2': call?.requestId ?? '' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: {
            name: bucket.name,
            ownerIdentity: { principalId: bucket.account },
            arn: `arn:aws:s3:::${bucket.name}`,
          },
          object: {
            key: encodeURIComponent(object.key).replaceAll('%20', '+').replaceAll('%2F', '/'),
            ...(!removed && { size: object.size }),
            ...(change.kind !== 'removed' && object.etag !== '' && { eTag: object.etag.slice(1, -1) }),
            ...(object.versionId !== 'null' && { versionId: object.versionId }),
            sequencer,
          },
        },
      },
    ],
  });
}

/** The detail of what goes to EventBridge. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function detailOf({ bucket, change, sequencer }: Happening): string {
  const { object, call, kind } = change;
  const { reason, deletionType } = namesOf(change);
  const removed = kind === 'removed' || kind === 'marked';
  const tags = kind === 'tagged' || kind === 'untagged';
  return JSON.stringify({
    version: '0',
    bucket: { name: bucket.name },
    object: {
      key: object.key,
      ...(!removed && !tags && { size: object.size }),
      ...(object.etag !== '' && { etag: object.etag.slice(1, -1) }),
      ...(object.versionId !== 'null' && { 'version-id': object.versionId }),
      ...(!tags && { sequencer }),
    },
    'request-id': call?.requestId ?? '',
    requester: call?.account ?? 's3.amazonaws.com',
    ...(call && { 'source-ip-address': SOURCE_IP }),
    ...(!tags && { reason }),
    ...(deletionType && { 'deletion-type': deletionType }),
  });
}

/** What a queue or topic gets when it becomes a destination. */
export const testEvent = (bucket: Bucket, time: number, requestId: string): string =>
  JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(time).toISOString(),
    Bucket: bucket.name,
    RequestId: requestId,
    HostId: requestId,
  });
