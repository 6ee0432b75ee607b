import { describe, expect, test } from '@jest/globals';
import { satisfies } from '../../../localstack/cloud/services/dynamodb/expressions/evaluate-condition';
import { readCondition } from '../../../localstack/cloud/services/dynamodb/expressions/expressions';
import { Placeholders } from '../../../localstack/cloud/services/dynamodb/expressions/placeholders';
import type { Item } from '../../../localstack/cloud/services/dynamodb/values/attribute-value';

const item: Item = {
  pk: { S: 'order#1' },
  n: { N: '10' },
  b: { B: 'AQID' },
  flag: { BOOL: true },
  nothing: { NULL: true },
  tags: { SS: ['a', 'b'] },
  numbers: { NS: ['1', '2'] },
  entries: { L: [{ S: 'x' }, { N: '2' }, { M: { deep: { S: 'y' } } }] },
  doc: { M: { a: { S: '1' }, constructor: { N: '1' } } },
};

function holds(condition: string, values?: Record<string, unknown>, names?: Record<string, string>): boolean {
  const placeholders = new Placeholders({ ExpressionAttributeValues: values, ExpressionAttributeNames: names });
  const bound = readCondition('ConditionExpression', condition, placeholders);
  placeholders.assertAllUsed();
  return satisfies(item, bound as NonNullable<typeof bound>);
}

describe('conditions', () => {
  test('compare strings, numbers and binaries by their order', () => {
    expect(holds('n = :v', { ':v': { N: '10.0' } })).toBe(true);
    expect(holds('n > :v', { ':v': { N: '9' } })).toBe(true);
    expect(holds('n BETWEEN :a AND :b', { ':a': { N: '9' }, ':b': { N: '10' } })).toBe(true);
    expect(holds('pk < :v', { ':v': { S: 'order#2' } })).toBe(true);
    expect(holds('b >= :v', { ':v': { B: 'AQI=' } })).toBe(true);
    expect(holds('n IN (:a, :b)', { ':a': { N: '1' }, ':b': { N: '10' } })).toBe(true);
  });

  test('find nothing equal or ordered across types, and everything different', () => {
    expect(holds('n = :v', { ':v': { S: '10' } })).toBe(false);
    expect(holds('n < :v', { ':v': { S: '99' } })).toBe(false);
    expect(holds('n <> :v', { ':v': { S: '10' } })).toBe(true);
    expect(holds('absent <> :v', { ':v': { S: '10' } })).toBe(true);
    expect(holds('absent = :v', { ':v': { S: '10' } })).toBe(false);
  });

  test('compare documents and sets by their members', () => {
    expect(holds('tags = :v', { ':v': { SS: ['b', 'a'] } })).toBe(true);
    expect(holds('entries[2] = :v', { ':v': { M: { deep: { S: 'y' } } } })).toBe(true);
    expect(holds('entries = :v', { ':v': { L: [{ S: 'x' }] } })).toBe(false);
  });

  test('know what is there, and of which type', () => {
    expect(holds('attribute_exists(#m.#d)', undefined, { '#m': 'doc', '#d': 'a' })).toBe(true);
    expect(holds('attribute_not_exists(absent)')).toBe(true);
    expect(holds('attribute_exists(entries[3])', undefined)).toBe(false);
    expect(holds('attribute_type(nothing, :t)', { ':t': { S: 'NULL' } })).toBe(true);
    expect(holds('attribute_type(flag, :t)', { ':t': { S: 'S' } })).toBe(false);
  });

  test('never find what JavaScript objects inherit', () => {
    expect(holds('attribute_not_exists(toString)')).toBe(true);
    expect(holds('attribute_not_exists(#p)', undefined, { '#p': '__proto__' })).toBe(true);
    expect(holds('#m.#c = :v', { ':v': { N: '1' } }, { '#c': 'constructor', '#m': 'doc' })).toBe(true);
  });

  test('look into strings, sets, lists and binaries', () => {
    expect(holds('begins_with(pk, :v)', { ':v': { S: 'order#' } })).toBe(true);
    expect(holds('begins_with(b, :v)', { ':v': { B: 'AQI=' } })).toBe(true);
    expect(holds('contains(pk, :v)', { ':v': { S: 'der' } })).toBe(true);
    expect(holds('contains(tags, :v)', { ':v': { S: 'a' } })).toBe(true);
    expect(holds('contains(numbers, :v)', { ':v': { N: '2.0' } })).toBe(true);
    expect(holds('contains(entries, :v)', { ':v': { N: '2' } })).toBe(true);
    expect(holds('contains(b, :v)', { ':v': { B: 'AgM=' } })).toBe(true);
    expect(holds('contains(n, :v)', { ':v': { N: '1' } })).toBe(false);
  });

  test('measure what has a size', () => {
    expect(holds('size(pk) = :v', { ':v': { N: '7' } })).toBe(true);
    expect(holds('size(b) = :v', { ':v': { N: '3' } })).toBe(true);
    expect(holds('size(tags) = :v', { ':v': { N: '2' } })).toBe(true);
    expect(holds('size(n) > :v', { ':v': { N: '0' } })).toBe(false);
  });

  test('are joined by AND, OR and NOT', () => {
    expect(holds('flag = :t AND (n = :x OR NOT n = :x)', { ':t': { BOOL: true }, ':x': { N: '3' } })).toBe(true);
  });

  test.each<[string, Record<string, unknown> | undefined, Record<string, string> | undefined, string]>([
    [
      'n = :v',
      undefined,
      undefined,
      'An expression attribute value used in expression is not defined; attribute value: :v',
    ],
    [
      '#x = n',
      undefined,
      undefined,
      'An expression attribute name used in the document path is not defined; attribute name: #x',
    ],
    [
      'n = :v',
      { ':v': { N: '1' }, ':w': { N: '1' } },
      undefined,
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}',
    ],
    [
      'n = :v',
      { ':v': { N: '1' } },
      { '#a': 'a', '#b': 'b' },
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}',
    ],
    ['n = :v', { v: { N: '1' } }, undefined, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"'],
    ['n = :v', { ':v': {} }, undefined, 'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is'],
    ['n = :v', {}, undefined, 'ExpressionAttributeValues must not be empty'],
    [
      'begins_with(n, :v)',
      { ':v': { N: '1' } },
      undefined,
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'attribute_exists(:v)',
      { ':v': { S: 'n' } },
      undefined,
      'Operator or function requires a document path; operator or function: attribute_exists',
    ],
    [
      'attribute_type(n, :v)',
      { ':v': { S: 'X' } },
      undefined,
      'Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    ],
    [
      'contains(n)',
      undefined,
      undefined,
      'Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1',
    ],
    [
      'n BETWEEN :b AND :a',
      { ':a': { N: '1' }, ':b': { N: '2' } },
      undefined,
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    ],
    ['n = n', undefined, undefined, 'The first operand must be distinct from the remaining operands'],
    ['n < :v', { ':v': { BOOL: true } }, undefined, 'operator or function: <, operand type: BOOL'],
  ])('refuse %p with %p and %p', (condition, values, names, message) => {
    expect(() => holds(condition, values, names)).toThrow(message);
  });
});
