import { AwsError } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import { invalidParameter, validationError } from '../errors';
import { StoredItem } from '../table/stored-item';
import type { Table } from '../table/table';
import type { Tag } from '../table/table-record';
import type { Owner, Tables } from '../table/tables';
import { tableName } from './common-shapes';
import { checkInput, type Members } from './input-shape';
import { tagList } from './table-shapes';

const named: Members = { TableName: tableName };

type TtlInput = {
  readonly TableName: string;
  readonly TimeToLiveSpecification: { readonly Enabled: boolean; readonly AttributeName: string };
};

export const updateTimeToLive =
  (tables: Tables): Operation =>
  (input: TtlInput, call) => {
    checkInput('UpdateTimeToLive', input, {
      TableName: tableName,
      TimeToLiveSpecification: {
        type: 'structure',
        required: true,
        members: {
          Enabled: { type: 'boolean', required: true },
          AttributeName: { type: 'string', required: true, min: 1, max: 255 },
        },
      },
    });
    const { Enabled, AttributeName } = input.TimeToLiveSpecification;
    const table = tables.named(call, input.TableName);
    const { ttlAttribute, ...rest } = table.record;
    if (Enabled && ttlAttribute !== undefined) {
      throw validationError(
        ttlAttribute === AttributeName
          ? 'TimeToLive is already enabled'
          : `TimeToLive is active on a different AttributeName: current AttributeName is ${ttlAttribute}`,
      );
    }
    if (!Enabled && ttlAttribute === undefined) throw validationError('TimeToLive is already disabled');
    if (!Enabled && ttlAttribute !== AttributeName)
      throw validationError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${ttlAttribute}`,
      );
    if (Enabled) {
      const enabled = tables.save({ ...rest, ttlAttribute: AttributeName });
      for (const [key, stored] of enabled.items.range({}))
        enabled.ttl?.note(key, undefined, StoredItem.decode(stored).item);
      // Once more, now that the items are known: the first of them may expire soon.
      tables.save(enabled.record);
    } else {
      table.ttl?.clear();
      tables.save(rest);
    }
    return { TimeToLiveSpecification: { Enabled, AttributeName } };
  };

export const describeTimeToLive =
  (tables: Tables): Operation =>
  (input: { readonly TableName: string }, call) => {
    checkInput('DescribeTimeToLive', input, named);
    const { ttlAttribute } = tables.named(call, input.TableName).record;
    return {
      TimeToLiveDescription: ttlAttribute
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute }
        : { TimeToLiveStatus: 'DISABLED' },
    };
  };

type RecoveryInput = {
  readonly TableName: string;
  readonly PointInTimeRecoverySpecification: {
    readonly PointInTimeRecoveryEnabled: boolean;
    readonly RecoveryPeriodInDays?: number;
  };
};

/** The setting is kept and shown; there is no operation here that restores. */
export const updateContinuousBackups =
  (tables: Tables): Operation =>
  (input: RecoveryInput, call) => {
    checkInput('UpdateContinuousBackups', input, {
      TableName: tableName,
      PointInTimeRecoverySpecification: {
        type: 'structure',
        required: true,
        members: {
          PointInTimeRecoveryEnabled: { type: 'boolean', required: true },
          RecoveryPeriodInDays: { type: 'integer', min: 1, max: 35 },
        },
      },
    });
    const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays } = input.PointInTimeRecoverySpecification;
    if (!enabled && RecoveryPeriodInDays !== undefined)
      throw invalidParameter('RecoveryPeriodInDays can only be specified when PointInTimeRecoveryEnabled is true');
    const table = tables.find(call, input.TableName);
    if (!table) throw tableMissing(input.TableName);
    const { recovery, ...rest } = table.record;
    const since = recovery?.since ?? tables.context.clock.now();
    const days = RecoveryPeriodInDays ?? recovery?.days ?? 35;
    const saved = tables.save(enabled ? { ...rest, recovery: { since, days } } : rest);
    return describeBackups(tables, saved);
  };

export const describeContinuousBackups =
  (tables: Tables): Operation =>
  (input: { readonly TableName: string }, call) => {
    checkInput('DescribeContinuousBackups', input, named);
    const table = tables.find(call, input.TableName);
    if (!table) throw tableMissing(input.TableName);
    return describeBackups(tables, table);
  };

const tableMissing = (name: string) => new AwsError('TableNotFoundException', `Table not found: ${name}`);

function describeBackups(tables: Tables, { record: { recovery } }: Table): object {
  const now = tables.context.clock.now();
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: recovery
        ? {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: recovery.days,
            EarliestRestorableDateTime: Math.max(recovery.since, now - recovery.days * 86_400_000) / 1000,
            LatestRestorableDateTime: Math.max(recovery.since, now - 300_000) / 1000,
          }
        : { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  };
}

const MAX_TAGS = 50;
const resourceArn = { type: 'string', required: true, min: 1, max: 1283 } as const;

export const tagResource =
  (tables: Tables): Operation =>
  (input: { readonly ResourceArn: string; readonly Tags: readonly Tag[] }, call) => {
    checkInput('TagResource', input, { ResourceArn: resourceArn, Tags: { ...tagList, required: true } });
    const { record } = resource(tables, call, input.ResourceArn);
    const given = new Map(input.Tags.map((tag) => [tag.Key, tag]));
    const tags = [...record.tags.filter(({ Key }) => !given.has(Key)), ...given.values()];
    if (tags.length > MAX_TAGS)
      throw validationError(`Too many tags: one or more tags will exceed the limit of ${MAX_TAGS} for a resource`);
    tables.save({ ...record, tags });
    return {};
  };

export const untagResource =
  (tables: Tables): Operation =>
  (input: { readonly ResourceArn: string; readonly TagKeys: readonly string[] }, call) => {
    checkInput('UntagResource', input, {
      ResourceArn: resourceArn,
      TagKeys: { type: 'list', required: true, of: { type: 'string', min: 1, max: 128 } },
    });
    const { record } = resource(tables, call, input.ResourceArn);
    tables.save({ ...record, tags: record.tags.filter(({ Key }) => !input.TagKeys.includes(Key)) });
    return {};
  };

export const listTagsOfResource =
  (tables: Tables): Operation =>
  (input: { readonly ResourceArn: string }, call) => {
    checkInput('ListTagsOfResource', input, { ResourceArn: resourceArn });
    return { Tags: resource(tables, call, input.ResourceArn).record.tags };
  };

function resource(tables: Tables, owner: Owner, arn: string): Table {
  if (!arn.startsWith('arn:')) throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  const table = tables.find(owner, arn);
  if (!table)
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`);
  return table;
}
