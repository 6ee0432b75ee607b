import { createHash } from 'node:crypto';
import { AwsError } from '../../core/aws-error';
import { randomName } from '../../core/ids';
import { afterPrefix, joinKey, textKey } from '../../core/key';
import type { CloudContext } from '../../core/service';
import type { Space } from '../../core/store';
import type { Blobs } from './blobs';
import type { Bucket } from './bucket';
import type { Checksum } from './checksums';

/** One version of an object, or a mark that it was deleted. */
export type StoredObject = {
  readonly key: string;
  /** `null` in buckets without versioning. */
  readonly versionId: string;
  readonly deleteMarker?: true;
  /** Where the bytes are; a delete marker has none. */
  readonly blob?: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  /** `Content-Type` and the like, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What came as `x-amz-meta-*`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Unless `STANDARD`. */
  readonly storageClass?: string | undefined;
  /** What the uploader gave, and S3 compared with the bytes. */
  readonly checksum?: Checksum | undefined;
  /** The sizes of the parts that it was uploaded in. */
  readonly parts?: readonly number[];
};

/** What a deletion did: `removed` is gone for good, `marker` stands in front of what was the current version. */
export type Deletion = { readonly removed?: StoredObject | undefined; readonly marker?: StoredObject };

export type NewObject = Pick<
  StoredObject,
  'key' | 'headers' | 'metadata' | 'tags' | 'storageClass' | 'checksum' | 'parts'
> & {
  readonly bytes: Buffer;
  /** Unless given, the MD5 of the bytes. */
  readonly etag?: string;
};

/** Versions behind the current one sort newest first: their number counts down. */
const COUNTDOWN = 2 ** 50;

/** The objects of all buckets: for each key the current version, and the ones before it where versioning is on. */
export class Objects {
  readonly #context: CloudContext;
  readonly #blobs: Blobs;
  readonly #current: Space;
  readonly #earlier: Space;

  constructor(context: CloudContext, blobs: Blobs) {
    this.#context = context;
    this.#blobs = blobs;
    this.#current = context.store.space('s3-objects');
    this.#earlier = context.store.space('s3-versions');
  }

  /** The current version (of `versionId`, when given). Throws `NoSuchKey`, `NoSuchVersion` or `MethodNotAllowed`. */
  get(bucket: Bucket, key: string, versionId?: string): StoredObject {
    const found =
      versionId === undefined
        ? this.find(bucket, key)
        : this.versions(bucket, key).find((version) => version.versionId === versionId);
    if (!found && versionId !== undefined) {
      throw new AwsError('NoSuchVersion', 'The specified version does not exist.', {
        status: 404,
        fields: { Key: key, VersionId: versionId },
      });
    }
    if (found?.deleteMarker && versionId !== undefined) {
      throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
        status: 405,
      });
    }
    if (!found || found.deleteMarker) {
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, fields: { Key: key } });
    }
    return found;
  }

  /** The current version, even when it is a delete marker. */
  find(bucket: Bucket, key: string): StoredObject | undefined {
    return parse(this.#current.get(joinKey(bucket.name, key)));
  }

  /** All versions of one key, newest first. */
  versions(bucket: Bucket, key: string): StoredObject[] {
    const current = this.find(bucket, key);
    const prefix = joinKey(bucket.name, key);
    const earlier = [...this.#earlier.range({ start: prefix, end: afterPrefix(prefix) })];
    return [...(current ? [current] : []), ...earlier.map(([, text]) => parse(text)!)];
  }

  read(object: StoredObject): Buffer {
    return this.#blobs.read(object.blob!);
  }

  put(bucket: Bucket, given: NewObject): StoredObject {
    const { bytes, etag, ...rest } = given;
    const object: StoredObject = {
      ...rest,
      versionId: bucket.versioning === 'Enabled' ? newVersionId() : 'null',
      blob: this.#blobs.write(bytes),
      size: bytes.length,
      etag: etag ?? `"${createHash('md5').update(bytes).digest('hex')}"`,
      modifiedAt: this.#context.clock.now(),
    };
    this.#makeCurrent(bucket, object);
    return object;
  }

  /** Replaces the tags of a version. */
  retag(bucket: Bucket, object: StoredObject, tags: Readonly<Record<string, string>>): void {
    this.#change(bucket, { ...object, tags });
  }

  /** Replaces the storage class of a version. */
  reclass(bucket: Bucket, object: StoredObject, storageClass: string): void {
    this.#change(bucket, { ...object, storageClass });
  }

  #change(bucket: Bucket, object: StoredObject): void {
    const current = this.find(bucket, object.key);
    const changed = JSON.stringify(object);
    if (current?.versionId === object.versionId) this.#current.put(joinKey(bucket.name, object.key), changed);
    else {
      const entry = this.#earlierEntry(bucket, object.key, object.versionId);
      if (entry) this.#earlier.put(entry, changed);
    }
  }

  /** Deletes the object, or puts a delete marker in front of it where versioning asks for that. */
  delete(bucket: Bucket, key: string): Deletion {
    const current = this.find(bucket, key);
    if (bucket.versioning === undefined) {
      if (current) this.#remove(bucket, current);
      return { removed: current };
    }
    const marker: StoredObject = {
      key,
      versionId: bucket.versioning === 'Enabled' ? newVersionId() : 'null',
      deleteMarker: true,
      size: 0,
      etag: '',
      modifiedAt: this.#context.clock.now(),
      headers: {},
      metadata: {},
      tags: {},
    };
    this.#makeCurrent(bucket, marker);
    return { marker };
  }

  /** Deletes one version for good; the one before it, if any, becomes the current one. */
  deleteVersion(bucket: Bucket, key: string, versionId: string): Deletion {
    const version = this.versions(bucket, key).find((candidate) => candidate.versionId === versionId);
    if (version) this.#remove(bucket, version);
    return { removed: version };
  }

  /**
   * Current versions and delete markers whose keys begin with `prefix`, in key order. `after` skips the keys up to
   * that one and it too, or, with `folder`, all that begin with it.
   */
  *list(bucket: Bucket, prefix: string, after?: { key: string; folder?: boolean }): Generator<StoredObject> {
    const scope = textKey(bucket.name);
    const start = scope + bytesOf(prefix);
    let from = start;
    if (after) {
      const behind = after.folder ? afterPrefix(scope + bytesOf(after.key)) : `${joinKey(bucket.name, after.key)}\0`;
      if (behind > start) from = behind;
    }
    for (const [, text] of this.#current.range({ start: from, end: afterPrefix(start) })) {
      yield parse(text)!;
    }
  }

  isEmpty(bucket: Bucket): boolean {
    return this.list(bucket, '').next().done === true;
  }

  /** The files that objects refer to. */
  usedBlobs(): Set<string> {
    const used = new Set<string>();
    for (const space of [this.#current, this.#earlier]) {
      for (const [, text] of space.range({})) {
        const { blob } = parse(text)!;
        if (blob) used.add(blob);
      }
    }
    return used;
  }

  #makeCurrent(bucket: Bucket, object: StoredObject): void {
    const place = joinKey(bucket.name, object.key);
    const before = this.find(bucket, object.key);
    if (before && before.versionId === object.versionId) this.#drop(before);
    else if (before) this.#keep(bucket, before);
    if (object.versionId === 'null') {
      // There is one version without an id: a new one takes its place, wherever that was.
      const entry = this.#earlierEntry(bucket, object.key, 'null');
      if (entry) {
        this.#drop(parse(this.#earlier.get(entry))!);
        this.#earlier.remove(entry);
      }
    }
    this.#current.put(place, JSON.stringify(object));
  }

  #keep(bucket: Bucket, version: StoredObject): void {
    const prefix = joinKey(bucket.name, version.key);
    const [newest] = this.#earlier.range({ start: prefix, end: afterPrefix(prefix), limit: 1 });
    const number = newest ? Number(newest[0].slice(prefix.length)) - 1 : COUNTDOWN;
    this.#earlier.put(joinKey(bucket.name, version.key, number), JSON.stringify(version));
  }

  #remove(bucket: Bucket, version: StoredObject): void {
    this.#drop(version);
    const place = joinKey(bucket.name, version.key);
    if (this.find(bucket, version.key)?.versionId !== version.versionId) {
      const entry = this.#earlierEntry(bucket, version.key, version.versionId);
      if (entry) this.#earlier.remove(entry);
      return;
    }
    const [next] = this.#earlier.range({ start: place, end: afterPrefix(place), limit: 1 });
    if (next) {
      this.#earlier.remove(next[0]);
      this.#current.put(place, next[1]);
    } else this.#current.remove(place);
  }

  #drop(version: StoredObject): void {
    const { blob } = version;
    if (!blob) return;
    // Not before the store has forgotten it: a crash in between would leave an object without bytes.
    this.#context.store.durable().then(
      () => this.#blobs.remove(blob),
      () => {},
    );
  }

  #earlierEntry(bucket: Bucket, key: string, versionId: string): string | undefined {
    const prefix = joinKey(bucket.name, key);
    for (const [place, text] of this.#earlier.range({ start: prefix, end: afterPrefix(prefix) })) {
      if (parse(text)!.versionId === versionId) return place;
    }
    return undefined;
  }
}

const newVersionId = () => randomName(32);
const parse = (text: string | undefined): StoredObject | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as StoredObject);
/** The bytes that the store keys of all texts with this beginning have in common. */
const bytesOf = (prefix: string) => textKey(prefix).slice(0, -2);
