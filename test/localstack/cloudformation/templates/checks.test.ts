import { describe, expect, test } from '@jest/globals';
import { readOutline, readTemplate } from '../../../../localstack/cloud/services/cloudformation/template/read-template';
import { testScope, use } from './test-scope';

const B = { Type: 'AWS::S3::Bucket' };
const check = (template: object) =>
  readTemplate(readOutline(JSON.stringify(template)), (outline) => testScope({ template: outline }));
const inProperty = (value: unknown, more: object = {}) => ({
  ...more,
  Resources: { B: { ...B, Properties: { P: value } } },
});
const inCondition = (C: unknown, more: object = {}) => ({ ...more, Conditions: { C }, Resources: { B } });

describe('a function', () => {
  test.each<[string, object, string]>([
    [
      'that does not exist',
      inProperty({ 'Fn::Nope': 1 }),
      'Template error: Encountered unsupported function: Fn::Nope Supported functions are: [Fn::Base64, Fn::GetAtt,',
    ],
    ['of an extension that is not asked for', inProperty({ 'Fn::Length': [] }), 'unsupported function: Fn::Length'],
    ['that is not here', inProperty({ 'Fn::Transform': {} }), 'The function Fn::Transform in templates is not impl'],
    [
      'of conditions in a property',
      inProperty({ 'Fn::Equals': ['a', 'b'] }),
      'Template error: Fn::Equals cannot be partially collapsed',
    ],
    [
      'of rules in a condition',
      inCondition({ 'Fn::Not': [{ 'Fn::Contains': [['a'], 'a'] }] }),
      'Cannot use Fn::Contai',
    ],
    [
      'of resources in a condition',
      inCondition({ 'Fn::Equals': [{ 'Fn::ImportValue': 'x' }, 'a'] }),
      'Template error: Cannot use Fn::ImportValue in Conditions.',
    ],
    [
      'Ref to a structure',
      inProperty({ Ref: {} }),
      'Template error: every Ref object must have a single String value.',
    ],
    [
      'GetAtt of nobody',
      inProperty({ 'Fn::GetAtt': ['Nobody', 'Arn'] }),
      'Template error: instance of Fn::GetAtt references undefined resource Nobody',
    ],
    [
      'GetAtt without attribute',
      inProperty({ 'Fn::GetAtt': 'B' }),
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    ],
    [
      'Sub of nobody',
      inProperty({ 'Fn::Sub': `${use('Nobody')} ${use('Else.Arn')}` }),
      'Template format error: Unresolved resource dependencies [Nobody, Else] in the Resources block of the template',
    ],
    [
      'Sub with odd names',
      inProperty({ 'Fn::Sub': use('a-b') }),
      'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
    ],
    [
      'Sub of three',
      inProperty({ 'Fn::Sub': ['a', {}, {}] }),
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments.",
    ],
    ['Join of one', inProperty({ 'Fn::Join': ['a'] }), 'Template error: every Fn::Join object requires two parameters'],
    [
      'FindInMap of no mapping',
      inProperty({ 'Fn::FindInMap': ['Nope', 'a', 'b'] }),
      "Template error: Mapping named 'Nope' is not present in the 'Mappings' section of template.",
    ],
    [
      'FindInMap with Sub, which takes an extension',
      inProperty({ 'Fn::FindInMap': ['M', { 'Fn::Sub': 'a' }, 'b'] }, { Mappings: { M: { a: { b: 'c' } } } }),
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute',
    ],
    [
      'If on no condition',
      inProperty({ 'Fn::If': ['Nope', 'a', 'b'] }),
      'Template error: unresolved condition dependency Nope in Fn::If',
    ],
    ['If of two', inProperty({ 'Fn::If': ['C', 'a'] }), 'Template error: Fn::If requires a list argument with three'],
    [
      'ImportValue by a resource',
      { Resources: { A: B, B: { ...B, Properties: { P: { 'Fn::ImportValue': { 'Fn::Sub': use('A') } } } } } },
      'Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs',
    ],
    [
      'And of one',
      inCondition({ 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }] }),
      'Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.',
    ],
  ])('%s', (_name, template, message) => {
    expect(() => check(template)).toThrow(message);
  });

  test('may stand in either branch of an If, and in Metadata be anything', () => {
    const Conditions = { C: { 'Fn::Equals': ['a', 'b'] } };
    const value = { 'Fn::If': ['C', { Ref: 'AWS::NoValue' }, { 'Fn::GetAtt': 'A.Arn' }] };
    const template = {
      Conditions,
      Resources: { A: { ...B, Metadata: { 'Fn::Nope': 1 } }, B: { ...B, Properties: { P: [value] } } },
    };
    expect(() => check(template)).not.toThrow();
  });
});

describe('a template', () => {
  const many = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`N${index}`, value]));

  test.each<[string, object, string]>([
    ['without resources', { Resources: {} }, 'Template format error: At least one Resources member must be defined.'],
    ['with odd sections', { Resourcs: {}, Resources: { B } }, 'Invalid template property or properties [Resourcs]'],
    ['of another version', { AWSTemplateFormatVersion: '2012-09-09', Resources: { B } }, 'is not a supported value'],
    [
      'with a long description',
      { Description: 'x'.repeat(1025), Resources: { B } },
      "Template format error: 'Description' length is greater than 1024.",
    ],
    [
      'with too many resources',
      { Resources: many(501, B) },
      'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
    ],
    [
      'with too many parameters',
      { Parameters: many(201, { Type: 'String' }), Resources: { B } },
      'Template format error: Number of parameters, 201, is greater than maximum allowed, 200',
    ],
    ['with nothing', inProperty([null]), "[/Resources/B/Properties/P/0] 'null' values are not allowed in templates"],
    ['with a macro', { Transform: 'Mine', Resources: { B } }, 'The transform "Mine" is not implemented'],
    ['with an odd name', { Resources: { 'a-b': B } }, 'Template format error: Resource name a-b is non alphanumeric.'],
    [
      'with an output of an odd name',
      { Resources: { B }, Outputs: { 'a-b': { Value: 1 } } },
      "Template format error: Outputs name 'a-b' is non alphanumeric.",
    ],
    [
      'with an odd attribute',
      { Resources: { B: { ...B, Dependson: 'x' } } },
      "Invalid template resource property 'Dep",
    ],
    [
      'with an update policy',
      { Resources: { B: { ...B, UpdatePolicy: {} } } },
      'AWS::S3::Bucket B: UpdatePolicy is not',
    ],
    [
      'that depends on a function',
      { Resources: { B: { ...B, DependsOn: { Ref: 'A' } } } },
      'Template format error: Every DependsOn value must be a string.',
    ],
    [
      'with a resource on no condition',
      { Resources: { B: { ...B, Condition: 'Nope' } } },
      'Template format error: Unresolved condition dependency Nope in the Resources block of the template',
    ],
    [
      'with an output on no condition',
      { Resources: { B }, Outputs: { O: { Value: 1, Condition: 'Nope' } } },
      'Template format error: Unresolved condition dependency Nope in the Outputs block of the template',
    ],
    [
      'with a condition on resources',
      inCondition({ 'Fn::Equals': [{ Ref: 'B' }, { 'Fn::GetAtt': ['B', 'Arn'] }] }),
      'Template format error: Unresolved dependencies [B]. Cannot reference resources in the Conditions block of the template',
    ],
    [
      'with a condition that is none',
      inCondition('yes'),
      'Template format error: Conditions can only be boolean operations on parameters and other conditions',
    ],
    [
      'with a condition on nothing',
      inCondition({ 'Fn::Not': [{ Condition: 'Nope' }] }),
      'Template error: unresolved condition dependency Nope in Condition',
    ],
    [
      'with a flat mapping',
      { Mappings: { M: { a: 'b' } }, Resources: { B } },
      'Template format error: [/Mappings/M/a] Every Mappings attribute must be a map',
    ],
    [
      'with a parameter of no known type',
      { Parameters: { P: { Type: 'Strin' } }, Resources: { B } },
      'Template format error: Unrecognized parameter type: Strin',
    ],
    [
      'with a computed default',
      { Parameters: { P: { Type: 'String', Default: { Ref: 'AWS::Region' } } }, Resources: { B } },
      'Template format error: Every Default member must be a string.',
    ],
    [
      'with a default that is looked up at any time',
      { Parameters: { P: { Type: 'String', Default: '{{resolve:ssm:/x}}' } }, Resources: { B } },
      'Template error: parameter P should not contain ssm versionless resolver',
    ],
  ])('%s is refused', (_name, template, message) => {
    expect(() => check(template)).toThrow(message);
  });
});
