import type { Shape } from './input-shape';

/** Where a table is looked up: its name, or its ARN. */
export const optionalTableName = {
  type: 'string',
  min: 1,
  max: 1024,
  pattern: '[a-zA-Z0-9_.-]+',
  orArn: true,
} as const;
export const tableName: Shape = { ...optionalTableName, required: true };

/** Where a table or an index gets its name. */
export const newName: Shape = { type: 'string', required: true, min: 3, max: 255, pattern: '[a-zA-Z0-9_.-]+' };

export const indexName: Shape = { type: 'string', min: 3, max: 255, pattern: '[a-zA-Z0-9_.-]+' };

export const returnConsumedCapacity: Shape = { type: 'string', values: ['INDEXES', 'TOTAL', 'NONE'] };
export const returnItemCollectionMetrics: Shape = { type: 'string', values: ['SIZE', 'NONE'] };
const returnOnFailure: Shape = { type: 'string', values: ['ALL_OLD', 'NONE'] };

const text: Shape = { type: 'string' };
const map: Shape = { type: 'map' };
export const requiredMap: Shape = { type: 'map', required: true };
export const flag: Shape = { type: 'boolean' };

export const conditionMembers = {
  ConditionExpression: text,
  ExpressionAttributeNames: map,
  ExpressionAttributeValues: map,
  ReturnValuesOnConditionCheckFailure: returnOnFailure,
} as const;

export const projectionMembers = { ProjectionExpression: text, ExpressionAttributeNames: map } as const;

export const readMembers = {
  ...projectionMembers,
  ExpressionAttributeValues: map,
  FilterExpression: text,
} as const;

export const expression: Shape = text;
