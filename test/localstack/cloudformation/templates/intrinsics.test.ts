import { describe, expect, test } from '@jest/globals';
import { resolve, truth } from '../../../../localstack/cloud/services/cloudformation/template/intrinsics';
import { TEMPLATE, testScope, use } from './test-scope';

const NO_VALUE = { Ref: 'AWS::NoValue' };

describe('functions', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref of a parameter', { Ref: 'Stage' }, 'prod'],
    ['Ref of a list', { Ref: 'Zones' }, ['a', 'b']],
    ['Ref of a resource', { Ref: 'Table' }, 'table-1'],
    ['GetAtt', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table-1'],
    ['GetAtt in one text', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:table-1'],
    ['GetAtt of something inside', { 'Fn::GetAtt': ['Table', 'Endpoint.Port'] }, 80],
    ['GetAtt in one text with several dots', { 'Fn::GetAtt': 'Table.A.B' }, 'flat'],
    ['GetAtt of an attribute by a parameter', { 'Fn::GetAtt': ['Table', { Ref: 'Key' }] }, 'arn:table-1'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-prod-1'],
    ['Join of a list', { 'Fn::Join': ['+', { Ref: 'Zones' }] }, 'a+b'],
    ['Join leaves out what has no value', { 'Fn::Join': ['-', ['a', NO_VALUE, 'b']] }, 'a-b'],
    [
      'Sub',
      { 'Fn::Sub': `${use('Table')}/${use('Table.Arn')}/${use('AWS::Region')}` },
      'table-1/arn:table-1/eu-west-1',
    ],
    ['Sub with variables', { 'Fn::Sub': [`${use('x')}-${use('Stage')}`, { x: { Ref: 'Table' } }] }, 'table-1-prod'],
    [
      'Sub with nested functions',
      { 'Fn::Sub': [use('x'), { x: { 'Fn::Join': ['', [{ 'Fn::Sub': use('Stage') }, '!']] } }] },
      'prod!',
    ],
    ['Sub leaves literals', { 'Fn::Sub': `${use('!Stage')}` }, use('Stage')],
    ['Sub of numbers', { 'Fn::Sub': [use('n'), { n: 7 }] }, '7'],
    ['Select and Split', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    ['Select of a list parameter by a parameter', { 'Fn::Select': [{ Ref: 'Count' }, { Ref: 'Zones' }] }, 'b'],
    ['Split of a joined list', { 'Fn::Split': ['+', { 'Fn::Join': ['+', { Ref: 'Zones' }] }] }, ['a', 'b']],
    ['If', { 'Fn::If': ['IsProd', 1, 2] }, 1],
    ['If with And and Or', { 'Fn::If': ['Both', 1, { 'Fn::If': ['Either', 2, 3] }] }, 2],
    ['If takes no notice of the other branch', { 'Fn::If': ['IsProd', 1, { Ref: 'Nobody' }] }, 1],
    ['If without a value in a list', { a: ['x', { 'Fn::If': ['NotProd', 'y', NO_VALUE] }] }, { a: ['x'] }],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 1024],
    ['FindInMap of a list', { 'Fn::FindInMap': ['Sizes', 'prod', 'zones'] }, ['x', 'y']],
    ['FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'test', 'memory', { DefaultValue: 1 }] }, 1],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'bus' } }, 'orders'],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['GetAZs elsewhere', { 'Fn::Select': [0, { 'Fn::GetAZs': 'us-east-2' }] }, 'us-east-2a'],
    ['Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
    ['ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Stage' }, b: NO_VALUE } }, '{"a":"prod"}'],
    ['NoValue takes its member away', { a: NO_VALUE, b: [NO_VALUE, 1] }, { b: [1] }],
    [
      'what only looks like a function is data',
      { Condition: { StringEquals: { a: { Ref: 'Stage' } } } },
      {
        Condition: { StringEquals: { a: 'prod' } },
      },
    ],
  ])('%s', (_name, value, expected) => {
    expect(resolve(value, testScope())).toEqual(expected);
  });

  test('pseudo parameters follow the region', () => {
    const pseudo = (region: string) =>
      ['AccountId', 'Region', 'Partition', 'URLSuffix', 'StackName', 'StackId', 'NotificationARNs'].map((name) =>
        resolve({ Ref: `AWS::${name}` }, testScope({ region })),
      );
    expect(pseudo('eu-west-1')).toEqual(['000000000000', 'eu-west-1', 'aws', 'amazonaws.com', 'shop', 'arn:stack', []]);
    expect(pseudo('cn-north-1').slice(2, 4)).toEqual(['aws-cn', 'amazonaws.com.cn']);
    expect(pseudo('us-gov-west-1').slice(2, 4)).toEqual(['aws-us-gov', 'amazonaws.com']);
  });

  test.each<[unknown[], string[]]>([
    [
      ['192.168.0.0/24', 3, 5],
      ['192.168.0.0/27', '192.168.0.32/27', '192.168.0.64/27'],
    ],
    [
      ['10.0.7.9/16', '2'],
      ['10.0.0.0/24', '10.0.1.0/24'],
    ],
    [
      ['2600:1f18:abc:de00::/56', 2, 64],
      ['2600:1f18:abc:de00::/64', '2600:1f18:abc:de01::/64'],
    ],
    [
      ['::/0', 2, 127],
      ['::/1', '8000::/1'],
    ],
  ])('Cidr of %j', (argument, blocks) => {
    expect(resolve({ 'Fn::Cidr': argument }, testScope())).toEqual(blocks);
  });

  test.each<[string, unknown, string]>([
    [
      'an attribute that is not there',
      { 'Fn::GetAtt': ['Table', 'Colour'] },
      'Template error: resource Table does not support attribute type Colour in Fn::GetAtt',
    ],
    ['an export that is not there', { 'Fn::ImportValue': 'nothing' }, 'No export named nothing found.'],
    [
      'a mapping that is not there',
      { 'Fn::FindInMap': ['Sizes', 'test', 'memory'] },
      'Template error: Unable to get mapping for Sizes::test::memory',
    ],
    [
      'an index beyond the list',
      { 'Fn::Select': [2, ['a']] },
      'Template error: Fn::Select cannot select nonexistent value at index 2',
    ],
    [
      'an index that is none',
      { 'Fn::Select': ['x', ['a']] },
      'Template error: Fn::Select requires a list argument with a valid index value as its first element',
    ],
    [
      'a list where a text is wanted',
      { 'Fn::Sub': use('Zones') },
      'Template error: variable Zones in Fn::Sub expression does not resolve to a string',
    ],
    ['blocks that do not fit', { 'Fn::Cidr': ['10.0.0.0/24', 9, 5] }, 'Template error: every Fn::Cidr object requires'],
    ['no block', { 'Fn::Cidr': ['10.0.0/24', 1, 5] }, 'Template error: every Fn::Cidr object requires'],
    [
      'a structure in a text',
      { 'Fn::Join': ['', [{ a: 1 }]] },
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings',
    ],
  ])('%s is an error', (_name, value, message) => {
    expect(() => resolve(value, testScope())).toThrow(message);
  });

  test('a resource that is still to be made is equal to nothing that is there', () => {
    expect(resolve({ 'Fn::Join': ['', ['x', { Ref: 'Future' }]] }, testScope())).toMatch(/not yet known: Future/);
  });
});

describe('conditions', () => {
  test('do not tell 1 from "1", nor true from "true"', () => {
    expect(testScope().condition('One')).toBe(true);
    const equal = (a: unknown, b: unknown) => truth({ 'Fn::Equals': [a, b] }, testScope());
    expect(equal(true, 'true')).toBe(true);
    expect(equal(['1'], [1])).toBe(true);
    expect(equal('a', 'A')).toBe(false);
  });

  test('that go in circles are refused', () => {
    const template = {
      ...TEMPLATE,
      Conditions: { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } },
    };
    expect(() => testScope({ template }).condition('A')).toThrow(
      'Template error: Found circular condition dependency: A',
    );
  });
});
