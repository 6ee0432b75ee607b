import { AwsError, notImplemented, refuseUnknown } from '../../../core/aws-error';
import type { StoredObject } from '../objects';
import { STORAGE_CLASSES } from '../storage-classes';

type Tag = { readonly Key: string; readonly Value: string };

type Conditions = {
  readonly Prefix?: string;
  readonly ObjectSizeGreaterThan?: number | string;
  readonly ObjectSizeLessThan?: number | string;
  /** One tag; as it comes out of XML, a list of one. */
  readonly Tag?: Tag;
  readonly Tags?: readonly Tag[];
};

type Transition = {
  readonly Days?: number | string;
  readonly Date?: string;
  readonly NoncurrentDays?: number | string;
  readonly NewerNoncurrentVersions?: number | string;
  readonly StorageClass: string;
};

/** A rule as the SDK has it; numbers and dates come as text over the wire. */
export type LifecycleRule = {
  readonly ID?: string;
  readonly Status: 'Enabled' | 'Disabled';
  readonly Prefix?: string;
  readonly Filter?: Conditions & { readonly And?: Conditions };
  readonly Expiration?: {
    readonly Days?: number | string;
    readonly Date?: string;
    readonly ExpiredObjectDeleteMarker?: boolean | string;
  };
  readonly NoncurrentVersionExpiration?: {
    readonly NoncurrentDays?: number | string;
    readonly NewerNoncurrentVersions?: number | string;
  };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation?: number | string };
  readonly Transitions?: readonly Transition[];
  readonly NoncurrentVersionTransitions?: readonly Transition[];
};

const HONOURED = [
  'ID',
  'Status',
  'Prefix',
  'Filter',
  'Expiration',
  'NoncurrentVersionExpiration',
  'AbortIncompleteMultipartUpload',
  'Transitions',
  'NoncurrentVersionTransitions',
];

/** Throws `MalformedXML` or `InvalidArgument`, or names what is not honoured. */
export function checkLifecycle(value: { readonly Rules?: readonly LifecycleRule[] }): void {
  const at = 'PutBucketLifecycleConfiguration';
  const rules = value.Rules ?? [];
  if (rules.length === 0 || rules.length > 1000) throw malformed();
  const ids = rules.flatMap(({ ID }) => (ID === undefined ? [] : [ID]));
  if (new Set(ids).size !== ids.length)
    throw new AwsError('InvalidArgument', 'Rule ID must be unique. Found same ID for more than one rule');
  for (const rule of rules) {
    refuseUnknown(`${at}: Rule`, rule, HONOURED);
    if (rule.Status !== 'Enabled' && rule.Status !== 'Disabled') throw malformed();
    if (HONOURED.slice(4).every((action) => rule[action as keyof LifecycleRule] === undefined)) {
      throw new AwsError('InvalidRequest', 'At least one action needs to be specified in a rule');
    }
    const days = [
      rule.Expiration?.Days,
      rule.NoncurrentVersionExpiration?.NoncurrentDays,
      rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    ].filter((one) => one !== undefined);
    if (days.some((one) => !Number.isInteger(Number(one)) || Number(one) < 1)) {
      throw new AwsError('InvalidArgument', "'Days' for Expiration action must be a positive integer");
    }
    for (const { StorageClass } of [...(rule.Transitions ?? []), ...(rule.NoncurrentVersionTransitions ?? [])]) {
      if (!STORAGE_CLASSES.includes(StorageClass)) throw notImplemented(`${at}: a transition to ${StorageClass}`);
    }
  }
}

/** Whether a rule is about this object. */
export function isAbout(rule: LifecycleRule, object: Pick<StoredObject, 'key' | 'size' | 'tags'>): boolean {
  const filter = rule.Filter ?? {};
  const conditions: Conditions = { Prefix: rule.Prefix ?? '', ...filter, ...filter.And };
  const tags = [conditions.Tags ?? [], conditions.Tag ?? []].flat();
  return (
    object.key.startsWith(conditions.Prefix ?? '') &&
    object.size > Number(conditions.ObjectSizeGreaterThan ?? -1) &&
    object.size < Number(conditions.ObjectSizeLessThan ?? Number.POSITIVE_INFINITY) &&
    tags.every(({ Key, Value }) => object.tags[Key] === Value)
  );
}

export const DAY = 86_400_000;

/** S3 counts days to the next midnight UTC. */
export const isDue = (since: number, days: number | string, now: number): boolean =>
  now >= Math.ceil((since + Number(days) * DAY) / DAY) * DAY;

const malformed = () =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
