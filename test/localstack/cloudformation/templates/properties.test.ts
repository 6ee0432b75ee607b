import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { resolve } from '../../../../localstack/cloud/services/cloudformation/template/intrinsics';
import { type SmallCloud, smallCloud } from '../small-cloud';
import { testScope, use } from './test-scope';

/** An expression of the template language, with what it yields. */
type Expression = { readonly written: unknown; readonly text: string };

const IS_PROD = 'IsProd';

/**
 * Texts made by functions within functions. What an expression yields is put together beside it, by means of the
 * language that this is written in, so that the two cannot be wrong in the same way.
 */
const expression: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => {
  const literal = fc
    .constantFrom('', 'a', 'b,c', '/x/', '1', 'ünï', '$', '{', '}}')
    .map((text) => ({ written: text, text }));
  const known = fc.constantFrom<Expression>(
    { written: { Ref: 'Stage' }, text: 'prod' },
    { written: { Ref: 'Table' }, text: 'table-1' },
    { written: { Ref: 'AWS::Region' }, text: 'eu-west-1' },
    { written: { 'Fn::GetAtt': ['Table', 'Arn'] }, text: 'arn:table-1' },
    { written: { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'name'] }, text: 'big' },
    { written: { 'Fn::ImportValue': 'bus' }, text: 'orders' },
  );
  const some = fc.array(tie('any'), { minLength: 1, maxLength: 3 });
  const written = (items: readonly Expression[]) => items.map((item) => item.written);
  return {
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      literal,
      known,
      fc.tuple(fc.constantFrom('', '-', ','), some).map(([delimiter, items]) => ({
        written: { 'Fn::Join': [delimiter, written(items)] },
        text: items.map(({ text }) => text).join(delimiter),
      })),
      fc.tuple(some, fc.nat()).map(([items, at]) => ({
        written: { 'Fn::Select': [String(at % items.length), written(items)] },
        text: items[at % items.length]!.text,
      })),
      fc.tuple(tie('any'), tie('any'), fc.boolean()).map(([yes, no, swap]) => ({
        written: { 'Fn::If': [swap ? 'NotProd' : IS_PROD, (swap ? no : yes).written, (swap ? yes : no).written] },
        text: yes.text,
      })),
      fc.tuple(tie('any'), tie('any')).map(([x, y]) => ({
        written: {
          'Fn::Sub': [`${use('x')}:${use('!Stage')}:${use('y')}:${use('Stage')}`, { x: x.written, y: y.written }],
        },
        text: `${x.text}:${use('Stage')}:${y.text}:prod`,
      })),
      tie('any').map(({ written: inner, text }) => ({
        written: { 'Fn::Base64': inner },
        text: Buffer.from(text, 'utf8').toString('base64'),
      })),
      tie('any').map(({ written: inner, text }) => ({
        written: { 'Fn::Join': [';', { 'Fn::Split': [',', inner] }] },
        text: text.replaceAll(',', ';'),
      })),
      tie('any').map(({ written: inner, text }) => ({
        written: { 'Fn::ToJsonString': { a: [inner, { Ref: 'AWS::NoValue' }], b: { Ref: 'AWS::NoValue' } } },
        text: `{"a":[${JSON.stringify(text)}]}`,
      })),
    ),
  };
}).any;

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await smallCloud();
});
afterAll(() => cloud.stop());

test('whatever functions are nested in each other, they yield what each of them says', () => {
  fc.assert(
    fc.property(fc.array(expression, { maxLength: 4 }), (expressions) => {
      const resolved = resolve({ list: expressions.map(({ written }) => written) }, testScope());
      expect((resolved as { list: unknown[] }).list.map(String)).toEqual(expressions.map(({ text }) => text));
    }),
    { numRuns: 300 },
  );
});

test('a template that has not changed changes nothing', async () => {
  let count = 0;
  await cloud.call('ssm', 'PutParameter', { Name: '/in', Value: 'v', Type: 'String' });
  // What the resources of this stack are called.
  const here = fc.constantFrom<unknown>(
    { Ref: 'First' },
    { Ref: 'AWS::StackId' },
    { 'Fn::GetAtt': 'First.Value' },
    '{{resolve:ssm:/in}}',
    { 'Fn::Sub': `{{resolve:ssm:${use('First')}}}` },
    { 'Fn::If': ['Yes', { Ref: 'First' }, { Ref: 'AWS::NoValue' }] },
    { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'First' }] }] },
  );
  const value = fc.array(here, { minLength: 1, maxLength: 3 }).map((items) => ({ 'Fn::Join': ['+', items] }));
  const parameter = (Value: unknown) => ({ Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } });
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 3 }), async (values) => {
      const StackName = `same-${count++}`;
      const Resources = {
        ...Object.fromEntries(values.map((written, index) => [`P${index}`, parameter(written)])),
        First: parameter('first'),
      };
      const Conditions = { Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] } };
      const input = { StackName, TemplateBody: JSON.stringify({ Conditions, Resources }) };
      await cloud.call('cloudformation', 'CreateStack', input);
      const { Stacks } = await cloud.call('cloudformation', 'DescribeStacks', { StackName });
      expect(Stacks[0].StackStatus).toBe('CREATE_COMPLETE');
      await expect(cloud.call('cloudformation', 'UpdateStack', input)).rejects.toThrow(
        'No updates are to be performed.',
      );
      await cloud.call('cloudformation', 'DeleteStack', { StackName });
    }),
    { numRuns: 25 },
  );
});
