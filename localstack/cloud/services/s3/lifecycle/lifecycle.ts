import type { Clock, Timer } from '../../../core/clock';
import type { Bucket, Buckets } from '../bucket';
import type { MultipartUploads } from '../multipart';
import type { Announce } from '../notifications/change';
import type { Objects, StoredObject } from '../objects';
import { DAY, isAbout, isDue, type LifecycleRule } from './rules';

const rulesOf = ({ settings }: Bucket): LifecycleRule[] =>
  ((settings.lifecycle as { Rules?: LifecycleRule[] } | undefined)?.Rules ?? []).filter(
    ({ Status }) => Status === 'Enabled',
  );

/** Carries lifecycle rules out, at each midnight UTC of the clock while any bucket has some. */
export class Lifecycle {
  readonly #parts: { clock: Clock; buckets: Buckets; objects: Objects; uploads: MultipartUploads; announce: Announce };
  #timer: Timer | undefined;
  #running = false;

  constructor(parts: {
    clock: Clock;
    buckets: Buckets;
    objects: Objects;
    uploads: MultipartUploads;
    announce: Announce;
  }) {
    this.#parts = parts;
    parts.buckets.watch(() => this.#plan());
  }

  start(): void {
    this.#running = true;
    this.#plan();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #plan(): void {
    const { clock, buckets } = this.#parts;
    const wanted = this.#running && buckets.all().some((bucket) => rulesOf(bucket).length > 0);
    if (!wanted) {
      this.#timer?.cancel();
      this.#timer = undefined;
      return;
    }
    if (this.#timer) return;
    const now = clock.now();
    const midnight = (Math.floor(now / DAY) + 1) * DAY;
    this.#timer = clock.after(midnight - now, 's3: lifecycle rules are due', () => {
      this.#timer = undefined;
      this.#plan();
      this.#run();
    });
  }

  #run(): void {
    const { buckets, uploads, clock, objects } = this.#parts;
    for (const bucket of buckets.all()) {
      const rules = rulesOf(bucket);
      if (rules.length === 0) continue;
      for (const upload of uploads.of(bucket.name)) {
        const { key, tags } = upload.described;
        const due = rules.some(
          (rule) =>
            rule.AbortIncompleteMultipartUpload &&
            isAbout(rule, { key, tags, size: 0 }) &&
            isDue(upload.startedAt, rule.AbortIncompleteMultipartUpload.DaysAfterInitiation ?? 0, clock.now()),
        );
        if (due) uploads.abandon(upload.id);
      }
      for (const object of [...objects.list(bucket, '')]) {
        for (const rule of rules) this.#apply(bucket, object, rule);
      }
    }
  }

  /** One rule on all versions of one object. */
  #apply(bucket: Bucket, { key }: StoredObject, rule: LifecycleRule): void {
    const { objects, clock } = this.#parts;
    const now = clock.now();
    const [, ...earlier] = objects.versions(bucket, key);
    for (const [index, version] of earlier.entries()) {
      if (!isAbout(rule, version)) continue;
      // A version is noncurrent since the one after it came.
      const since = (index === 0 ? objects.find(bucket, key)! : earlier[index - 1]!).modifiedAt;
      const expiration = rule.NoncurrentVersionExpiration;
      if (
        expiration &&
        isDue(since, expiration.NoncurrentDays ?? 0, now) &&
        index >= Number(expiration.NewerNoncurrentVersions ?? 0)
      ) {
        this.#removed(bucket, objects.deleteVersion(bucket, key, version.versionId).removed);
        continue;
      }
      const transition = rule.NoncurrentVersionTransitions?.findLast(
        ({ NoncurrentDays, NewerNoncurrentVersions }) =>
          isDue(since, NoncurrentDays ?? 0, now) && index >= Number(NewerNoncurrentVersions ?? 0),
      );
      if (transition && version.blob) objects.reclass(bucket, version, transition.StorageClass);
    }
    const current = objects.find(bucket, key);
    if (current && isAbout(rule, current)) this.#applyToCurrent(bucket, current, rule, now);
  }

  #applyToCurrent(bucket: Bucket, current: StoredObject, rule: LifecycleRule, now: number): void {
    const { objects, announce } = this.#parts;
    const { Days, Date: date, ExpiredObjectDeleteMarker } = rule.Expiration ?? {};
    const due = (days: number | string | undefined, at: string | undefined) =>
      (days !== undefined && isDue(current.modifiedAt, days, now)) || (at !== undefined && now >= Date.parse(at));
    if (current.deleteMarker) {
      // A marker with nothing behind it has nothing to hide any more.
      const alone = objects.versions(bucket, current.key).length === 1;
      if (alone && (String(ExpiredObjectDeleteMarker) === 'true' || due(Days, date))) {
        this.#removed(bucket, objects.deleteVersion(bucket, current.key, current.versionId).removed);
      }
    } else if (due(Days, date)) {
      const { removed, marker } = objects.delete(bucket, current.key);
      if (marker) announce(bucket, { kind: 'marked', object: marker });
      else this.#removed(bucket, removed);
    } else {
      const transition = rule.Transitions?.findLast((one) => due(one.Days, one.Date));
      if (transition) objects.reclass(bucket, current, transition.StorageClass);
    }
  }

  #removed(bucket: Bucket, object: StoredObject | undefined): void {
    if (object) this.#parts.announce(bucket, { kind: 'removed', object });
  }
}
