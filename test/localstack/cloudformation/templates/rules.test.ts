import { expect, test } from '@jest/globals';
import { truth } from '../../../../localstack/cloud/services/cloudformation/template/intrinsics';
import { testScope } from './test-scope';

test.each<[unknown, boolean]>([
  [{ 'Fn::Contains': [['dev', 'prod'], { Ref: 'Stage' }] }, true],
  [{ 'Fn::Contains': [{ Ref: 'Zones' }, 'c'] }, false],
  [{ 'Fn::EachMemberEquals': [{ Ref: 'Zones' }, 'a'] }, false],
  [{ 'Fn::EachMemberEquals': [['a', 'a'], 'a'] }, true],
  [{ 'Fn::EachMemberIn': [{ Ref: 'Zones' }, ['a', 'b', 'c']] }, true],
  [{ 'Fn::EachMemberIn': [['a', 'd'], { Ref: 'Zones' }] }, false],
  [{ 'Fn::EachMemberIn': [{ 'Fn::RefAll': 'String' }, ['prod', 'Arn']] }, true],
  [{ 'Fn::Not': [{ 'Fn::Contains': [{ 'Fn::RefAll': 'CommaDelimitedList' }, 'a'] }] }, false],
  [{ 'Fn::And': [{ Condition: 'IsProd' }, { 'Fn::Equals': [{ Ref: 'Count' }, 1] }] }, true],
])('%j is %s', (rule, expected) => {
  expect(truth(rule, testScope())).toBe(expected);
});

test('what asks for attributes of VPCs is refused by name', () => {
  expect(() =>
    truth({ 'Fn::EachMemberEquals': [{ 'Fn::ValueOfAll': ['AWS::EC2::VPC::Id', 'Tags.a'] }, 'x'] }, testScope()),
  ).toThrow('The function Fn::ValueOfAll in templates is not implemented');
});
