import { AwsError } from '../../core/aws-error';
import type { Access, Call, ConditionValues } from '../../core/service';
import type { BoundCondition } from './expressions/bind-condition';
import { readCondition } from './expressions/expressions';
import { keyConditions } from './expressions/key-condition';
import { Placeholders } from './expressions/placeholders';
import { requestedAttributes } from './requested-attributes';
import { readIterator } from './streams/shard-iterator';
import { type Tables, tableArn } from './table/tables';
import type { AttributeValue } from './values/attribute-value';

type Input = Readonly<Record<string, unknown>>;
type Key = Readonly<Record<string, AttributeValue>>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const CONDITION_KEYS = [
  'dynamodb:Attributes',
  'dynamodb:EnclosingOperation',
  'dynamodb:LeadingKeys',
  'dynamodb:ReturnConsumedCapacity',
  'dynamodb:ReturnValues',
  'dynamodb:Select',
];

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
    case 'ListContributorInsights':
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
    case 'PutResourcePolicy':
    case 'GetResourcePolicy':
    case 'DeleteResourcePolicy':
      return [{ action, resource: String(input.ResourceArn) }];
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return ((input.TransactItems ?? []) as Input[]).flatMap((part) => accessOfPart(tables, operation, part, call));
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries((input.RequestItems ?? {}) as Record<string, unknown>).map(([name, requests]) => ({
        action,
        resource: arnOf(call, name),
        context: () => {
          const keys = operation === 'BatchGetItem' ? keysToGet(requests) : keysToWrite(requests);
          return { ...leadingKeys(tables, call, name, keys), ...parameters({ ...input, ...(requests as object) }) };
        },
      }));
    case 'CreateTable': {
      const created = { action, resource: arnOf(call, input.TableName) };
      const tagged = Array.isArray(input.Tags) && input.Tags.length > 0;
      return [
        created,
        ...(tagged ? [{ ...created, action: 'dynamodb:TagResource' }] : []),
        ...(input.ResourcePolicy === undefined ? [] : [{ ...created, action: 'dynamodb:PutResourcePolicy' }]),
      ];
    }
    default: {
      const table = arnOf(call, input.TableName);
      const resource = input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`;
      const context = (): ConditionValues => ({ ...leading(tables, call, input), ...parameters(input) });
      return [{ action, resource, context }];
    }
  }
}

function accessOfPart(tables: Tables, operation: string, part: Input, call: Call): Access[] {
  return PARTS.flatMap(([member, action]) => {
    const input = part[member] as Input | undefined;
    if (!input) return [];
    const context = (): ConditionValues => ({
      ...leading(tables, call, input),
      ...parameters(input),
      'dynamodb:EnclosingOperation': operation,
    });
    return [{ action: `dynamodb:${action}`, resource: arnOf(call, input.TableName), context }];
  });
}

/** The partitions that an operation on one item, or a query, is about. */
function leading(tables: Tables, call: Call, input: Input): ConditionValues {
  const key = (input.Item ?? input.Key) as Key | undefined;
  return key ? leadingKeys(tables, call, input.TableName, [key]) : queried(tables, call, input);
}

/** Of the request itself. */
function parameters(input: Input): ConditionValues {
  const attributes = requestedAttributes(input);
  return {
    ...(attributes.length > 0 && { 'dynamodb:Attributes': attributes }),
    ...(typeof input.Select === 'string' && { 'dynamodb:Select': input.Select }),
    ...(typeof input.ReturnValues === 'string' && { 'dynamodb:ReturnValues': input.ReturnValues }),
    ...(typeof input.ReturnConsumedCapacity === 'string' && {
      'dynamodb:ReturnConsumedCapacity': input.ReturnConsumedCapacity,
    }),
  };
}

const arnOf = (call: Call, name: unknown): string =>
  String(name).startsWith('arn:') ? String(name) : tableArn(call, String(name));

const keysToGet = (request: unknown): Key[] => ((request as { Keys?: Key[] } | null)?.Keys ?? []) as Key[];

function keysToWrite(requests: unknown): Key[] {
  if (!Array.isArray(requests)) return [];
  return requests.flatMap((request) => request?.PutRequest?.Item ?? request?.DeleteRequest?.Key ?? []);
}

/** The partition that a query reads; nothing when the query is none: then it is refused anyway. */
function queried(tables: Tables, call: Call, input: Input): ConditionValues {
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
function leadingKeys(tables: Tables, call: Call, name: unknown, keys: readonly Key[]): ConditionValues {
  const table = typeof name === 'string' ? tables.find(call, name) : undefined;
  if (!table) return {};
  const { name: attribute, type } = table.keys.hash;
  const values = keys.map((key) => key[attribute]?.[type]).filter((value) => value !== undefined);
  return { 'dynamodb:LeadingKeys': values };
}
