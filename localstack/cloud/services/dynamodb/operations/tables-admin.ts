import type { Operation } from '../../../core/service';
import { validationError } from '../errors';
import { describeTable } from '../table/table-description';
import type { Tables } from '../table/tables';
import { tableName } from './common-shapes';
import { checkInput, type Members } from './input-shape';

const named: Members = { TableName: tableName };

export const describeTableOperation =
  (tables: Tables): Operation =>
  (input: { readonly TableName: string }, call) => {
    checkInput('DescribeTable', input, named);
    return { Table: describeTable(tables.named(call, input.TableName)) };
  };

/** The table is gone when this returns; its stream can be read for another day. */
export const deleteTable =
  (tables: Tables): Operation =>
  (input: { readonly TableName: string }, call) => {
    checkInput('DeleteTable', input, named);
    const table = tables.named(call, input.TableName);
    if (table.record.DeletionProtectionEnabled)
      throw validationError(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    const { stream } = table.record;
    if (stream) tables.streams.disable(stream.arn);
    tables.remove(table);
    return { TableDescription: describeTable(table, 'DELETING') };
  };

export const listTables =
  (tables: Tables): Operation =>
  (input: { readonly ExclusiveStartTableName?: string; readonly Limit?: number }, call) => {
    checkInput('ListTables', input, {
      ExclusiveStartTableName: { type: 'string', min: 3, max: 255, pattern: '[a-zA-Z0-9_.-]+' },
      Limit: { type: 'integer', min: 1, max: 100 },
    });
    const { ExclusiveStartTableName: start, Limit: limit = 100 } = input;
    const names = tables.names(call).filter((name) => start === undefined || name > start);
    const shown = names.slice(0, limit);
    return { TableNames: shown, ...(names.length > limit && { LastEvaluatedTableName: shown.at(-1) }) };
  };

/** The quotas of a new account; nothing here enforces them. */
export const describeLimits: Operation = (input) => {
  checkInput('DescribeLimits', input, {});
  return {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  };
};

export const describeEndpoints: Operation = (input, call) => {
  checkInput('DescribeEndpoints', input, {});
  return { Endpoints: [{ Address: new URL(call.endpoint).host, CachePeriodInMinutes: 1440 }] };
};
