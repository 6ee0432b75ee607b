import { AwsError } from '../../core/aws-error';
import type { Access, Call } from '../../core/service';
import type { BoundCondition } from './expressions/bind-condition';
import { readCondition } from './expressions/expressions';
import { keyConditions } from './expressions/key-condition';
import { Placeholders } from './expressions/placeholders';
import { readIterator } from './streams/shard-iterator';
import { type Tables, tableArn } from './table/tables';
import type { AttributeValue } from './values/attribute-value';

type Input = Readonly<Record<string, unknown>>;
type Key = Readonly<Record<string, AttributeValue>>;

/** IAM actions of the parts of a transaction. */
const PARTS: readonly (readonly [member: string, action: string])[] = [
  ['Get', 'GetItem'],
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'ConditionCheckItem'],
];

/**
 * What a call has to be allowed to do (service authorization reference, "Actions, resources, and condition keys for
 * Amazon DynamoDB"): for a transaction each part by itself, for a query of an index the index alone.
 */
export function accessOf(tables: Tables, operation: string, input: Input, call: Call): Access[] {
  const action = `dynamodb:${operation}`;
  switch (operation) {
    case 'ListTables':
    case 'DescribeLimits':
    case 'DescribeEndpoints':
      return [{ action, resource: '*' }];
    case 'ListStreams':
      return [{ action, resource: `${tableArn(call, String(input.TableName ?? '*'))}/stream/*` }];
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action, resource: String(input.StreamArn) }];
    case 'GetRecords':
      return [{ action, resource: readIterator(String(input.ShardIterator))?.streamArn ?? '*' }];
    case 'TagResource':
    case 'UntagResource':
    case 'ListTagsOfResource':
      return [{ action, resource: String(input.ResourceArn) }];
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return ((input.TransactItems ?? []) as Input[]).flatMap((part) => accessOfPart(tables, part, call));
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries((input.RequestItems ?? {}) as Record<string, unknown>).map(([name, requests]) => {
        const keys = operation === 'BatchGetItem' ? keysToGet(requests) : keysToWrite(requests);
        return { action, resource: arnOf(call, name), context: leadingKeys(tables, call, name, keys) };
      });
    case 'CreateTable': {
      const created = { action, resource: arnOf(call, input.TableName) };
      const tagged = Array.isArray(input.Tags) && input.Tags.length > 0;
      return tagged ? [created, { ...created, action: 'dynamodb:TagResource' }] : [created];
    }
    default: {
      const table = arnOf(call, input.TableName);
      const resource = input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`;
      const key = (input.Item ?? input.Key) as Key | undefined;
      if (key) return [{ action, resource, context: leadingKeys(tables, call, input.TableName, [key]) }];
      return [
        operation === 'Query' ? { action, resource, context: queried(tables, call, input) } : { action, resource },
      ];
    }
  }
}

function accessOfPart(tables: Tables, part: Input, call: Call): Access[] {
  return PARTS.flatMap(([member, action]) => {
    const input = part[member] as Input | undefined;
    if (!input) return [];
    const key = (input.Item ?? input.Key) as Key | undefined;
    const context = leadingKeys(tables, call, input.TableName, key ? [key] : []);
    return [{ action: `dynamodb:${action}`, resource: arnOf(call, input.TableName), context }];
  });
}

const arnOf = (call: Call, name: unknown): string =>
  String(name).startsWith('arn:') ? String(name) : tableArn(call, String(name));

const keysToGet = (request: unknown): Key[] => ((request as { Keys?: Key[] } | null)?.Keys ?? []) as Key[];

function keysToWrite(requests: unknown): Key[] {
  if (!Array.isArray(requests)) return [];
  return requests.flatMap((request) => request?.PutRequest?.Item ?? request?.DeleteRequest?.Key ?? []);
}

/** The partition that a query reads; nothing when the query is none: then it is refused anyway. */
function queried(tables: Tables, call: Call, input: Input): { readonly [key: string]: readonly string[] } {
  const table = typeof input.TableName === 'string' ? tables.find(call, input.TableName) : undefined;
  if (!table || typeof input.KeyConditionExpression !== 'string') return {};
  const { name, type } = (table.index(String(input.IndexName)) ?? table).keys.hash;
  try {
    const source = input.KeyConditionExpression;
    const condition = readCondition('KeyConditionExpression', source, new Placeholders(input)) as BoundCondition;
    const value = keyConditions(condition).get(name)?.values[0]?.[type];
    return value === undefined ? {} : { 'dynamodb:LeadingKeys': [value] };
  } catch (error) {
    if (error instanceof AwsError) return {};
    throw error;
  }
}

/** The partition keys that a call touches, for policies that bind a caller to its own. */
function leadingKeys(
  tables: Tables,
  call: Call,
  name: unknown,
  keys: readonly Key[],
): { readonly [key: string]: readonly string[] } {
  const table = typeof name === 'string' ? tables.find(call, name) : undefined;
  if (!table) return {};
  const { name: attribute, type } = table.keys.hash;
  const values = keys.map((key) => key[attribute]?.[type]).filter((value) => value !== undefined);
  return { 'dynamodb:LeadingKeys': values };
}
