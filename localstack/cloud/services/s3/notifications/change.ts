import type { Call } from '../../../core/service';
import type { Bucket } from '../bucket';
import type { StoredObject } from '../objects';

/** Something that happened to an object. `call`: who did it; nobody but a lifecycle rule when there is none. */
export type Change = {
  readonly kind: 'put' | 'copied' | 'uploaded' | 'removed' | 'marked' | 'tagged' | 'untagged';
  /** The new version, the delete marker, or what is gone. */
  readonly object: StoredObject;
  readonly call?: Call;
};

/** Tells whoever is to be notified of it. */
export type Announce = (bucket: Bucket, change: Change) => void;

type Names = {
  /** As notification configurations have it, without `s3:`. */
  readonly event: string;
  /** For EventBridge. */
  readonly detailType: string;
  readonly reason: string;
  readonly deletionType?: string;
};

const NAMES: Readonly<Record<Change['kind'], Names>> = {
  put: { event: 'ObjectCreated:Put', detailType: 'Object Created', reason: 'PutObject' },
  copied: { event: 'ObjectCreated:Copy', detailType: 'Object Created', reason: 'CopyObject' },
  uploaded: {
    event: 'ObjectCreated:CompleteMultipartUpload',
    detailType: 'Object Created',
    reason: 'CompleteMultipartUpload',
  },
  removed: {
    event: 'ObjectRemoved:Delete',
    detailType: 'Object Deleted',
    reason: 'DeleteObject',
    deletionType: 'Permanently Deleted',
  },
  marked: {
    event: 'ObjectRemoved:DeleteMarkerCreated',
    detailType: 'Object Deleted',
    reason: 'DeleteObject',
    deletionType: 'Delete Marker Created',
  },
  tagged: { event: 'ObjectTagging:Put', detailType: 'Object Tags Added', reason: 'PutObjectTagging' },
  untagged: { event: 'ObjectTagging:Delete', detailType: 'Object Tags Deleted', reason: 'DeleteObjectTagging' },
};

/** The names of a change. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
export function namesOf({ kind, call }: Change): Names {
  const names = NAMES[kind];
  if (call) return names;
  return {
    ...names,
    event: names.event.replace('ObjectRemoved', 'LifecycleExpiration'),
    reason: 'Lifecycle Expiration',
  };
}

/** Every event that can happen here. */
export const EVENTS: readonly string[] = [
  ...Object.values(NAMES).map(({ event }) => event),
  'LifecycleExpiration:Delete',
  'LifecycleExpiration:DeleteMarkerCreated',
];
