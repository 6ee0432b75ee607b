import { describe, expect, test } from '@jest/globals';
import { parseTemplate } from '../../../../localstack/cloud/services/cloudformation/template/parse-template';
import { use } from './test-scope';

describe('YAML', () => {
  test('may use the short forms, nested in each other and in long ones', () => {
    const text = `
Resources:
  A:
    Type: T
    Properties:
      Ref: !Ref B
      Att: !GetAtt B.Arn.Part
      AttList: !GetAtt [B, Arn]
      Sub: !Sub "${use('B')}-x"
      SubMap: !Sub ["${use('x')}", {x: !Ref B}]
      Base64:
        Fn::Base64: !Sub |
          echo ${use('B')}
          exit
      List: !Join [ '-', [ a, !Ref B ] ]
      Cidr: !Select [0, !Cidr [10.0.0.0/8, 1, 8]]
      If: !If [ Yes, !Ref B, !Ref "AWS::NoValue" ]
      Block: !If
        - Yes
        - - !Ref B
        - !Split [",", a]
Conditions:
  Yes: !Not [!Condition No]
  No: !Or [!Equals [a, b], {Condition: Yes}]
`;
    expect(parseTemplate(text)).toEqual({
      Resources: {
        A: {
          Type: 'T',
          Properties: {
            Ref: { Ref: 'B' },
            Att: { 'Fn::GetAtt': ['B', 'Arn.Part'] },
            AttList: { 'Fn::GetAtt': ['B', 'Arn'] },
            Sub: { 'Fn::Sub': `${use('B')}-x` },
            SubMap: { 'Fn::Sub': [use('x'), { x: { Ref: 'B' } }] },
            Base64: { 'Fn::Base64': { 'Fn::Sub': `echo ${use('B')}\nexit\n` } },
            List: { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] },
            Cidr: { 'Fn::Select': [0, { 'Fn::Cidr': ['10.0.0.0/8', 1, 8] }] },
            If: { 'Fn::If': ['Yes', { Ref: 'B' }, { Ref: 'AWS::NoValue' }] },
            Block: { 'Fn::If': ['Yes', [{ Ref: 'B' }], { 'Fn::Split': [',', 'a'] }] },
          },
        },
      },
      Conditions: {
        Yes: { 'Fn::Not': [{ Condition: 'No' }] },
        No: { 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { Condition: 'Yes' }] },
      },
    });
  });

  test('keeps what was written where a number or a date would lose it', () => {
    const read = (value: string) => (parseTemplate(`a: ${value}`) as Record<string, unknown>).a;
    expect(read('2012-10-17')).toBe('2012-10-17');
    expect(read('012345678901')).toBe('012345678901');
    expect(read('3.10')).toBe('3.10');
    expect(read('123456789012345678901')).toBe('123456789012345678901');
    expect(read('22:22')).toBe('22:22');
    expect(read('1e3')).toBe('1e3');
    expect(read('60')).toBe(60);
    expect(read('-0.5')).toBe(-0.5);
    expect(read('true')).toBe(true);
    expect(read("'60'")).toBe('60');
  });

  test.each<[string, string, string]>([
    ['not finished', 'a: [', 'Template format error: YAML not well-formed. (line 1, column 5)'],
    ['with an odd tag', 'a:\n  b: !GetAttr x', 'Template format error: YAML not well-formed. (line 2, column 6)'],
    ['with a key twice', 'a: 1\na: 2', 'Template format error: YAML not well-formed. (line 2, column 1)'],
    ['with two tags', 'a: !Base64 !Sub x', 'Template format error: YAML not well-formed. (line 1, column 12)'],
    ['with aliases', 'a: &x {b: 1}\nc: *x', 'Template error: YAML aliases are not allowed in CloudFormation templates'],
    ['that is a text', 'hello', 'Template format error: unsupported structure.'],
    ['that is a list', '- a', 'Template format error: unsupported structure.'],
  ])('%s is refused', (_name, text, message) => {
    expect(() => parseTemplate(text)).toThrow(message);
  });
});

test.each<[string, string]>([
  ['{', 'Template format error: JSON not well-formed. (line 1, column 2)'],
  ['{\n "a": 1,\n}', 'Template format error: JSON not well-formed. (line 3, column 1)'],
])('JSON that is not well-formed is refused: %j', (text, message) => {
  expect(() => parseTemplate(text)).toThrow(message);
});
