import { describe, expect, test } from '@jest/globals';
import { dependenciesOf, inOrder } from '../../../../localstack/cloud/services/cloudformation/template/dependencies';
import type { Template } from '../../../../localstack/cloud/services/cloudformation/template/template';
import { use } from './test-scope';

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

  test('what a condition leaves out cannot be referred to, only waited for', () => {
    const Gone = { Type: 'T', Condition: 'No' };
    expect(of({ A: { Type: 'T', DependsOn: 'Gone' }, Gone }).get('A')).toEqual(new Set());
    expect(() => of({ A: { Type: 'T', Properties: { x: { Ref: 'Gone' } } }, Gone })).toThrow(
      'Template format error: Unresolved resource dependencies [Gone] in the Resources block of the template',
    );
    expect(() => of({ Gone }, { Outputs: { O: { Value: { Ref: 'Gone' } } } })).toThrow(
      'Template format error: Unresolved resource dependencies [Gone] in the Outputs block of the template',
    );
  });
});
