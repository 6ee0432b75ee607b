import { describe, expect, test } from '@jest/globals';
import { readOutline, readTemplate } from '../../../../localstack/cloud/services/cloudformation/template/read-template';
import { TEMPLATE, testScope, use } from './test-scope';

const read = (template: object) =>
  readTemplate(
    readOutline(JSON.stringify({ Transform: 'AWS::LanguageExtensions', Parameters: TEMPLATE.Parameters, ...template })),
    (outline) => testScope({ template: outline }),
  );

describe('Fn::ForEach', () => {
  test('makes one member per item, in keys and values', () => {
    const { Resources, Outputs } = read({
      Resources: {
        'Fn::ForEach::Topics': [
          'Name',
          { Ref: 'Zones' },
          {
            [`Topic${use('Name')}`]: {
              Type: 'AWS::SNS::Topic',
              Properties: { A: { 'Fn::Join': ['.', [{ Ref: 'Name' }, 'fifo']] }, B: { 'Fn::Sub': `x-${use('Name')}` } },
            },
          },
        ],
      },
      Outputs: {
        'Fn::ForEach::Arns': [
          'Name',
          ['a', 'b'],
          { [`Arn${use('Name')}`]: { Value: { 'Fn::GetAtt': [`Topic${use('Name')}`, 'TopicArn'] } } },
        ],
      },
    });
    const topic = (name: string) => ({
      Type: 'AWS::SNS::Topic',
      Properties: { A: { 'Fn::Join': ['.', [name, 'fifo']] }, B: { 'Fn::Sub': `x-${name}` } },
    });
    expect(Resources).toEqual({ Topica: topic('a'), Topicb: topic('b') });
    expect(Outputs).toEqual({
      Arna: { Value: { 'Fn::GetAtt': ['Topica', 'TopicArn'] } },
      Arnb: { Value: { 'Fn::GetAtt': ['Topicb', 'TopicArn'] } },
    });
  });

  test('may stand in another one and in properties; &{} leaves letters and digits', () => {
    const { Resources } = read({
      Resources: {
        'Fn::ForEach::Outer': [
          'X',
          ['1.0', '2.0'],
          {
            'Fn::ForEach::Inner': [
              'Y',
              ['p'],
              {
                'R&{X}&{Y}': {
                  Type: 'T',
                  Properties: { 'Fn::ForEach::Deep': ['Z', ['u', 'v'], { [use('Z')]: `${use('X')}/${use('Z')}` }] },
                },
              },
            ],
          },
        ],
      },
    });
    expect(Resources).toEqual({
      R10p: { Type: 'T', Properties: { u: '1.0/u', v: '1.0/v' } },
      R20p: { Type: 'T', Properties: { u: '2.0/u', v: '2.0/v' } },
    });
  });

  test('is no function without the transform', () => {
    const Resources = { 'Fn::ForEach::L': ['X', ['a'], { 'R&{X}': { Type: 'T' } }] };
    expect(() => read({ Transform: undefined, Resources })).toThrow(
      /^Template format error: Resource name Fn::ForEach::L/,
    );
  });

  test('must not make a member twice', () => {
    const Resources = { 'Fn::ForEach::L': ['X', ['a.b', 'ab'], { 'R&{X}': { Type: 'T' } }] };
    expect(() => read({ Resources })).toThrow('duplicate key Rab');
  });
});

test('policies may be functions of parameters', () => {
  const Resources = { R: { Type: 'T', DeletionPolicy: { 'Fn::If': ['IsProd', 'Retain', 'Delete'] } } };
  expect(read({ Conditions: TEMPLATE.Conditions, Resources }).Resources.R?.DeletionPolicy).toBe('Retain');
});
