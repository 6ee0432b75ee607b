import { AwsError } from '../../core/aws-error';
import { Records } from '../../core/records';
import type { CloudContext } from '../../core/service';
import { functionArn, parseFunctionName } from './function-name';
import type { FunctionConfig, FunctionRecord } from './function-record';

/** A function at the version that a caller's qualifier stands for. */
export type ResolvedFunction = {
  readonly record: FunctionRecord;
  readonly config: FunctionConfig;
  /** As the caller named it: `$LATEST`, a version or an alias. */
  readonly qualifier: string;
  /** With the qualifier, if the caller gave one. */
  readonly arn: string;
};

/** `before` is undefined for a new function, `after` for one that was deleted. */
type FunctionWatcher = (after: FunctionRecord | undefined, before: FunctionRecord | undefined) => void;

type Place = { readonly account: string; readonly region: string };

/** All functions, by ARN. */
export class Functions {
  readonly #records: Records<FunctionRecord>;
  readonly #byUrl = new Map<string, { arn: string; qualifier: string }>();
  readonly #watchers: FunctionWatcher[] = [];

  constructor(context: CloudContext) {
    this.#records = new Records(context.store.space('lambda-functions'));
    for (const record of this.#records.values()) this.#indexUrls(record);
  }

  /** As `resolve`; undefined when there is no such function, version or alias. */
  find(name: string, place: Place): ResolvedFunction | undefined {
    const ref = parseFunctionName(name, place);
    const base = functionArn(ref);
    const record = this.#records.get(base);
    const config = record && configOf(record, ref.qualifier);
    if (!record || !config) return undefined;
    const arn = ref.qualifier === undefined ? base : `${base}:${ref.qualifier}`;
    return { record, config, qualifier: ref.qualifier ?? '$LATEST', arn };
  }

  byArn(arn: string): FunctionRecord | undefined {
    return this.#records.get(arn);
  }

  /** Throws `ResourceNotFoundException`, for the function or for its version or alias. */
  resolve(name: unknown, place: Place, qualifier?: string): ResolvedFunction {
    const ref = parseFunctionName(name, place, qualifier);
    const base = functionArn(ref);
    const arn = ref.qualifier === undefined ? base : `${base}:${ref.qualifier}`;
    const record = this.#records.get(base);
    const config = record && configOf(record, ref.qualifier);
    if (!record || !config) throw notFound(arn);
    return { record, config, qualifier: ref.qualifier ?? '$LATEST', arn };
  }

  byUrl(urlId: string): ResolvedFunction | undefined {
    const found = this.#byUrl.get(urlId);
    const record = found && this.#records.get(found.arn);
    const config = record && configOf(record, found.qualifier);
    if (!found || !record || !config) return undefined;
    const arn = found.qualifier === '$LATEST' ? record.arn : `${record.arn}:${found.qualifier}`;
    return { record, config, qualifier: found.qualifier, arn };
  }

  list(place: Place): FunctionRecord[] {
    return this.#records.values().filter(({ account, region }) => account === place.account && region === place.region);
  }

  all(): FunctionRecord[] {
    return this.#records.values();
  }

  set(record: FunctionRecord): void {
    const before = this.#records.get(record.arn);
    if (before) this.#dropUrls(before);
    this.#records.set(record.arn, record);
    this.#indexUrls(record);
    for (const watcher of this.#watchers) watcher(record, before);
  }

  delete(record: FunctionRecord): void {
    this.#dropUrls(record);
    this.#records.delete(record.arn);
    for (const watcher of this.#watchers) watcher(undefined, record);
  }

  /** Calls `watcher` after each change of a function. */
  onChange(watcher: FunctionWatcher): void {
    this.#watchers.push(watcher);
  }

  #indexUrls(record: FunctionRecord): void {
    for (const [qualifier, { urlId }] of Object.entries(record.urls)) {
      this.#byUrl.set(urlId, { arn: record.arn, qualifier });
    }
  }

  #dropUrls(record: FunctionRecord): void {
    for (const { urlId } of Object.values(record.urls)) this.#byUrl.delete(urlId);
  }
}

export function configOf(record: FunctionRecord, qualifier: string | undefined): FunctionConfig | undefined {
  if (qualifier === undefined || qualifier === '$LATEST') return record.latest;
  const version = /^\d+$/.test(qualifier) ? qualifier : record.aliases[qualifier]?.version;
  if (version === '$LATEST') return record.latest;
  return record.versions.find((config) => config.version === version);
}

export function notFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, {
    status: 404,
    fields: { Type: 'User' },
  });
}
