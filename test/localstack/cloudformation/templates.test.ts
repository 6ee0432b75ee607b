import { describe, expect, test } from '@jest/globals';
import { StackScope } from '../../../localstack/cloud/services/cloudformation/stacks/stack-scope';
import { dependenciesOf, inOrder } from '../../../localstack/cloud/services/cloudformation/template/dependencies';
import { resolve } from '../../../localstack/cloud/services/cloudformation/template/intrinsics';
import { parameterValues } from '../../../localstack/cloud/services/cloudformation/template/parameters';
import { parseTemplate } from '../../../localstack/cloud/services/cloudformation/template/parse-template';
import type { Template } from '../../../localstack/cloud/services/cloudformation/template/template';

const stack = { id: 'arn:stack', name: 'shop', account: '000000000000', region: 'eu-west-1' };
const template: Template = {
  Parameters: { Stage: { Type: 'String' }, Zones: { Type: 'CommaDelimitedList' } },
  Mappings: { Sizes: { prod: { memory: 1024 }, dev: { memory: 128 } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    NotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'NotProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'NotProd' }] },
  },
  Resources: { Table: { Type: 'T' }, Future: { Type: 'T' } },
};
const scope = (stage = 'prod') =>
  new StackScope({
    template,
    stack,
    parameters: [
      { key: 'Stage', value: stage },
      { key: 'Zones', value: 'a, b' },
    ],
    resource: (id) =>
      id === 'Table'
        ? { physicalId: 'table-1', attributes: { Arn: 'arn:table-1', Endpoint: { Port: 80 } } }
        : undefined,
    exportValue: (name) => (name === 'bus' ? 'orders' : undefined),
  });
const use = (name: string) => `\${${name}}`;

describe('functions', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref of a parameter', { Ref: 'Stage' }, 'prod'],
    ['Ref of a list', { Ref: 'Zones' }, ['a', 'b']],
    ['Ref of a resource', { Ref: 'Table' }, 'table-1'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::StackName' }, 'shop'],
    ['GetAtt', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table-1'],
    ['GetAtt in one text', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:table-1'],
    ['GetAtt of something inside', { 'Fn::GetAtt': ['Table', 'Endpoint.Port'] }, 80],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-prod-1'],
    ['Join of a list', { 'Fn::Join': ['+', { Ref: 'Zones' }] }, 'a+b'],
    [
      'Sub',
      { 'Fn::Sub': `${use('Table')}/${use('Table.Arn')}/${use('AWS::Region')}` },
      'table-1/arn:table-1/eu-west-1',
    ],
    ['Sub with variables', { 'Fn::Sub': [`${use('x')}-${use('Stage')}`, { x: { Ref: 'Table' } }] }, 'table-1-prod'],
    ['Sub leaves literals', { 'Fn::Sub': `${use('!Stage')}` }, use('Stage')],
    ['Select and Split', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    ['If', { 'Fn::If': ['IsProd', 1, 2] }, 1],
    ['If with And and Or', { 'Fn::If': ['Both', 1, { 'Fn::If': ['Either', 2, 3] }] }, 2],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 1024],
    ['ImportValue', { 'Fn::ImportValue': 'bus' }, 'orders'],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
    ['ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Stage' } } }, '{"a":"prod"}'],
    ['NoValue takes its member away', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
  ])('%s', (_name, value, expected) => {
    expect(resolve(value, scope())).toEqual(expected);
  });

  test('what is wrong or not honoured is said by name', () => {
    const fails = (value: unknown) => expect(() => resolve(value, scope()));
    fails({ 'Fn::GetAtt': ['Table', 'Colour'] }).toThrow(
      'Template error: resource Table (T) does not support attribute type Colour in Fn::GetAtt',
    );
    fails({ 'Fn::ImportValue': 'nothing' }).toThrow('No export named nothing found.');
    fails({ 'Fn::FindInMap': ['Sizes', 'test', 'memory'] }).toThrow('Unable to get mapping for Sizes::test::memory');
    fails({ 'Fn::Cidr': ['10.0.0.0/8', 1, 8] }).toThrow(/Fn::Cidr in templates is not implemented/);
    fails('{{resolve:secretsmanager:x}}').toThrow(/\{\{resolve:secretsmanager:x\}\} is not implemented/);
  });

  test('a resource that is still to be made is equal to nothing that is there', () => {
    expect(resolve({ 'Fn::Join': ['', ['x', { Ref: 'Future' }]] }, scope())).toMatch(/not yet known: Future/);
  });
});

describe('dependencies', () => {
  const of = (Resources: Template['Resources'], more: object = {}) =>
    dependenciesOf({ Resources, ...more }, (name) => name === 'Yes');

  test('come from references of every kind and from DependsOn', () => {
    const found = of({
      A: {
        Type: 'T',
        DependsOn: 'D',
        Properties: { x: [{ Ref: 'B' }], y: { 'Fn::Sub': `-${use('C.Arn')}-${use('!Z')}` } },
      },
      B: { Type: 'T' },
      C: { Type: 'T', Properties: { 'Fn::GetAtt': ['D', 'Arn'] } },
      D: { Type: 'T' },
    });
    expect(found.get('A')).toEqual(new Set(['B', 'C', 'D']));
    expect(inOrder(found)).toEqual(['B', 'D', 'C', 'A']);
  });

  test('of an If only the branch that is taken counts', () => {
    const found = of({
      A: { Type: 'T', Properties: { x: { 'Fn::If': ['No', { Ref: 'Gone' }, { Ref: 'B' }] } } },
      B: { Type: 'T', Condition: 'Yes' },
      Gone: { Type: 'T', Condition: 'No' },
    });
    expect([...found.keys()]).toEqual(['A', 'B']);
    expect(found.get('A')).toEqual(new Set(['B']));
  });
});

describe('parameters', () => {
  const values = (Parameters: Template['Parameters'], given: Record<string, string> = {}) =>
    parameterValues(
      { Parameters: Parameters!, Resources: {} },
      Object.entries(given).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      [],
      async (name) => (name === '/there' ? 'value' : undefined),
    );

  test('have defaults, and keep secrets apart', async () => {
    expect(
      await values({ A: { Type: 'Number', Default: 1 }, B: { Type: 'String', NoEcho: true } }, { B: 'x' }),
    ).toEqual([
      { key: 'A', value: '1' },
      { key: 'B', value: 'x', noEcho: true },
    ]);
  });

  test.each<[object, string, string]>([
    [{ AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
    [{ AllowedPattern: '[a-z]+' }, 'A', "Parameter 'P' must match pattern [a-z]+"],
    [
      { AllowedPattern: '[a-z]+', ConstraintDescription: 'small letters' },
      'A',
      'Parameter P failed to satisfy constraint: small letters',
    ],
    [{ MinLength: 2 }, 'a', "Parameter 'P' must contain at least 2 characters"],
    [{ Type: 'Number' }, 'a', "Parameter 'P' must be a number."],
    [{ Type: 'Number', MaxValue: 5 }, '6', "Parameter 'P' must be a number not greater than 5"],
    [
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      '/gone',
      'Unable to fetch parameters [/gone] from parameter store for this account.',
    ],
    [
      { Type: 'AWS::EC2::VPC::Id' },
      'vpc',
      'The parameter type AWS::EC2::VPC::Id (P) is not implemented by the local cloud',
    ],
  ])('%j refuses %s', async (declared, value, message) => {
    await expect(values({ P: { Type: 'String', ...declared } }, { P: value })).rejects.toThrow(message);
  });
});

test('YAML may use the short forms', () => {
  const text = `
Resources:
  A:
    Type: T
    Properties:
      Ref: !Ref B
      Att: !GetAtt B.Arn.Part
      Sub: !Sub "${use('B')}-x"
      List: !Join [ '-', [ a, !Ref B ] ]
      If: !If [ Yes, !Ref B, !Ref "AWS::NoValue" ]
      Version: 2012-10-17
Conditions:
  Yes: !Not [ !Equals [ a, b ] ]
`;
  expect(parseTemplate(text)).toEqual({
    Resources: {
      A: {
        Type: 'T',
        Properties: {
          Ref: { Ref: 'B' },
          Att: { 'Fn::GetAtt': ['B', 'Arn.Part'] },
          Sub: { 'Fn::Sub': `${use('B')}-x` },
          List: { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] },
          If: { 'Fn::If': ['Yes', { Ref: 'B' }, { Ref: 'AWS::NoValue' }] },
          Version: '2012-10-17',
        },
      },
    },
    Conditions: { Yes: { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] } },
  });
  expect(() => parseTemplate('a: [')).toThrow(/^Template format error: YAML not well-formed/);
  expect(() => parseTemplate('{')).toThrow(/^Template format error: JSON not well-formed/);
});
