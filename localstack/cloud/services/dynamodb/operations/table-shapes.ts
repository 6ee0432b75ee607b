import { newName } from './common-shapes';
import type { Members, Shape } from './input-shape';

const attributeName: Shape = { type: 'string', required: true, min: 1, max: 255 };

const units: Shape = { type: 'integer', required: true, min: 1 };

export const throughput: Shape = {
  type: 'structure',
  members: { ReadCapacityUnits: units, WriteCapacityUnits: units },
};

export const attributeDefinitions: Shape = {
  type: 'list',
  of: {
    type: 'structure',
    members: {
      AttributeName: attributeName,
      AttributeType: { type: 'string', required: true, values: ['B', 'N', 'S'] },
    },
  },
};

export const keySchema: Shape = {
  type: 'list',
  required: true,
  min: 1,
  max: 2,
  of: {
    type: 'structure',
    members: {
      AttributeName: attributeName,
      KeyType: { type: 'string', required: true, values: ['HASH', 'RANGE'] },
    },
  },
};

export const indexMembers: Members = {
  IndexName: newName,
  KeySchema: keySchema,
  Projection: {
    type: 'structure',
    required: true,
    members: {
      ProjectionType: { type: 'string', values: ['ALL', 'INCLUDE', 'KEYS_ONLY'] },
      NonKeyAttributes: { type: 'list', min: 1, max: 20, of: attributeName },
    },
  },
};

export const globalIndexMembers: Members = { ...indexMembers, ProvisionedThroughput: throughput };

export const billingMode: Shape = { type: 'string', values: ['PROVISIONED', 'PAY_PER_REQUEST'] };

export const streamSpecification: Shape = {
  type: 'structure',
  members: {
    StreamEnabled: { type: 'boolean', required: true },
    StreamViewType: { type: 'string', values: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] },
  },
};

export const sseSpecification: Shape = {
  type: 'structure',
  members: {
    Enabled: { type: 'boolean' },
    SSEType: { type: 'string', values: ['AES256', 'KMS'] },
    KMSMasterKeyId: { type: 'string' },
  },
};

export const tableClass: Shape = { type: 'string', values: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] };

export const tagList: Shape = {
  type: 'list',
  of: {
    type: 'structure',
    members: {
      Key: { type: 'string', required: true, min: 1, max: 128 },
      Value: { type: 'string', required: true, max: 256 },
    },
  },
};
