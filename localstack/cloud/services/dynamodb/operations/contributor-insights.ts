import { AwsError } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import { validationError } from '../errors';
import type { Table } from '../table/table';
import type { InsightsMode, InsightsRecord } from '../table/table-record';
import type { Tables } from '../table/tables';
import { indexName, optionalTableName, tableName } from './common-shapes';
import { checkInput } from './input-shape';

const DEFAULT_MODE: InsightsMode = 'ACCESSED_AND_THROTTLED_KEYS';
/** Under this name stands the setting of the table itself; no index has it. */
const TABLE = '';

type Input = {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly ContributorInsightsAction: 'ENABLE' | 'DISABLE';
  readonly ContributorInsightsMode?: InsightsMode;
};

/** The setting is kept and shown; nothing counts which keys are used most. */
export const updateContributorInsights =
  (tables: Tables): Operation =>
  (input: Input, call) => {
    checkInput('UpdateContributorInsights', input, {
      TableName: tableName,
      IndexName: indexName,
      ContributorInsightsAction: { type: 'string', required: true, values: ['ENABLE', 'DISABLE'] },
      ContributorInsightsMode: { type: 'string', values: ['ACCESSED_AND_THROTTLED_KEYS', 'THROTTLED_KEYS'] },
    });
    const table = named(tables.named(call, input.TableName), input.IndexName);
    const enabled = input.ContributorInsightsAction === 'ENABLE';
    const before = table.record.insights?.[input.IndexName ?? TABLE];
    const mode = input.ContributorInsightsMode ?? before?.mode ?? DEFAULT_MODE;
    const setting: InsightsRecord = { enabled, mode, since: tables.context.clock.now() };
    tables.save({ ...table.record, insights: { ...table.record.insights, [input.IndexName ?? TABLE]: setting } });
    return { ...shown(table, input.IndexName, setting), ContributorInsightsStatus: enabled ? 'ENABLING' : 'DISABLING' };
  };

export const describeContributorInsights =
  (tables: Tables): Operation =>
  (input: Pick<Input, 'TableName' | 'IndexName'>, call) => {
    checkInput('DescribeContributorInsights', input, { TableName: tableName, IndexName: indexName });
    const table = named(tables.named(call, input.TableName), input.IndexName);
    const setting = table.record.insights?.[input.IndexName ?? TABLE];
    return {
      ...shown(table, input.IndexName, setting),
      ...(setting && { LastUpdateDateTime: setting.since / 1000 }),
      ...(setting?.enabled && { ContributorInsightsRuleList: ruleNames(table, input.IndexName, setting) }),
    };
  };

/** Tables and indexes for which the setting was made once. */
export const listContributorInsights =
  (tables: Tables): Operation =>
  (input: { readonly TableName?: string; readonly NextToken?: string; readonly MaxResults?: number }, call) => {
    checkInput('ListContributorInsights', input, {
      TableName: optionalTableName,
      NextToken: { type: 'string' },
      MaxResults: { type: 'integer', max: 100 },
    });
    const { TableName, NextToken, MaxResults = 100 } = input;
    const asked = TableName === undefined ? tables.names(call) : [TableName];
    const all = asked.flatMap((name) => {
      const table = tables.named(call, name);
      return Object.entries(table.record.insights ?? {}).map(([index, setting]) =>
        shown(table, index === TABLE ? undefined : index, setting),
      );
    });
    const from = NextToken === undefined ? 0 : Number(NextToken);
    if (!Number.isInteger(from) || from < 0) throw validationError('Invalid NextToken');
    const next = from + MaxResults;
    return {
      ContributorInsightsSummaries: all.slice(from, next),
      ...(next < all.length && { NextToken: String(next) }),
    };
  };

function named(table: Table, index: string | undefined): Table {
  if (index === undefined || table.index(index)) return table;
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: Index: ${index} not found`);
}

const shown = ({ record }: Table, index: string | undefined, setting: InsightsRecord | undefined) => ({
  TableName: record.name,
  ...(index !== undefined && { IndexName: index }),
  ContributorInsightsStatus: setting?.enabled ? 'ENABLED' : 'DISABLED',
  ...(setting?.enabled && { ContributorInsightsMode: setting.mode }),
});

/** As CloudWatch knows the rules: of partition and sort keys, accessed and throttled. */
function ruleNames({ record }: Table, index: string | undefined, { mode, since }: InsightsRecord): string[] {
  const { KeySchema } = record.indexes.find(({ IndexName }) => IndexName === index) ?? record;
  const keys = KeySchema.length > 1 ? ['PK', 'SK'] : ['PK'];
  const counted = mode === 'THROTTLED_KEYS' ? ['T'] : ['C', 'T'];
  const of = index === undefined ? record.name : `${record.name}-${index}`;
  return keys.flatMap((key) => counted.map((what) => `DynamoDBContributorInsights-${key}${what}-${of}-${since}`));
}
