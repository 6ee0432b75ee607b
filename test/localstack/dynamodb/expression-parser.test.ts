import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Condition, Operand } from '../../../localstack/cloud/services/dynamodb/expressions/ast';
import { parseCondition } from '../../../localstack/cloud/services/dynamodb/expressions/condition-parser';
import { parseProjection } from '../../../localstack/cloud/services/dynamodb/expressions/projection-parser';
import { parseUpdate } from '../../../localstack/cloud/services/dynamodb/expressions/update-parser';

const word = fc.constantFrom('a', 'b1', 'pk', 'camelCase', '#n', '#other_1');
const path: fc.Arbitrary<Operand> = fc
  .tuple(word, fc.array(fc.oneof(word, fc.nat(99)), { maxLength: 3 }))
  .map(([head, rest]) => ({ kind: 'path', path: [head, ...rest] }));
const value: fc.Arbitrary<Operand> = fc.constantFrom(':v', ':w2').map((name) => ({ kind: 'value', name }));
const size: fc.Arbitrary<Operand> = path.map((operand) => ({ kind: 'call', name: 'size', operands: [operand] }));
const operand = fc.oneof(path, value, size);

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>=' as const), operand)
    .map(([left, comparator, right]): Condition => ({ kind: 'compare', comparator: comparator as '=', left, right })),
  fc
    .tuple(operand, operand, operand)
    .map(([of, lower, upper]): Condition => ({ kind: 'between', operand: of, lower, upper })),
  fc
    .tuple(operand, fc.array(operand, { minLength: 1, maxLength: 3 }))
    .map(([of, choices]): Condition => ({ kind: 'in', operand: of, choices })),
  path.map((of): Condition => ({ kind: 'call', name: 'attribute_exists', operands: [of] })),
  fc.tuple(path, value).map(([a, b]): Condition => ({ kind: 'call', name: 'contains', operands: [a, b] })),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('tree').map((inner): Condition => ({ kind: 'not', condition: inner })),
    fc
      .tuple(fc.constantFrom('and', 'or' as const), tie('tree'), tie('tree'))
      .map(([kind, left, right]): Condition => ({ kind: kind as 'and', left, right })),
  ),
})).tree;

function printOperand(of: Operand): string {
  if (of.kind === 'value') return of.name;
  if (of.kind === 'call') return `${of.name} ( ${of.operands.map(printOperand).join(' , ')} )`;
  return of.path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

/** With a parenthesis wherever a condition stands in another, but never a doubled one. */
function print(tree: Condition): string {
  const inner = (child: Condition) => (child.kind === 'call' ? print(child) : `(${print(child)})`);
  switch (tree.kind) {
    case 'and':
    case 'or':
      return `${inner(tree.left)} ${tree.kind.toUpperCase()} ${inner(tree.right)}`;
    case 'not':
      return `NOT ${inner(tree.condition)}`;
    case 'compare':
      return `${printOperand(tree.left)}${tree.comparator}${printOperand(tree.right)}`;
    case 'between':
      return `${printOperand(tree.operand)} between ${printOperand(tree.lower)} And ${printOperand(tree.upper)}`;
    case 'in':
      return `${printOperand(tree.operand)} IN (${tree.choices.map(printOperand).join(',')})`;
    case 'call':
      return printOperand(tree);
  }
}

describe('condition expressions', () => {
  test('are read as they were meant, whatever their shape', () => {
    fc.assert(
      fc.property(condition, (tree) => {
        expect(parseCondition(print(tree))).toEqual(tree);
      }),
    );
  });

  test('bind AND closer than OR, and NOT closer than both', () => {
    const of = (name: string): Condition => ({
      kind: 'compare',
      comparator: '=',
      left: { kind: 'path', path: [name] },
      right: { kind: 'value', name: ':v' },
    });
    expect(parseCondition('a = :v OR NOT b = :v AND c = :v')).toEqual({
      kind: 'or',
      left: of('a'),
      right: { kind: 'and', left: { kind: 'not', condition: of('b') }, right: of('c') },
    });
  });

  test('may put operands and conditions in parentheses, once', () => {
    expect(parseCondition('(a) = (:v)')).toEqual(parseCondition('a = :v'));
    expect(parseCondition('(a = :v) AND (b = :v)')).toEqual(parseCondition('a = :v AND b = :v'));
    expect(parseCondition('((a = :v) AND (b = :v))')).toEqual(parseCondition('a = :v AND b = :v'));
    expect(() => parseCondition('((a = :v))')).toThrow('The expression has redundant parentheses;');
  });

  test.each([
    ['', 'The expression can not be empty;'],
    ['a = ', 'Syntax error; token: "<EOF>", near: "= "'],
    ['a = = :b', 'Syntax error; token: "=", near: "= = :b"'],
    ['a', 'Syntax error; token: "<EOF>", near: "a"'],
    ['a = 1', 'Syntax error; token: "1", near: "= 1"'],
    ['_a = :v', 'Syntax error; token: "_", near: "_a"'],
    ['a ! :v', 'Syntax error; token: "!", near: "a !"'],
    ['status = :v', 'Attribute name is a reserved keyword; reserved keyword: status'],
    ['nope(a)', 'Invalid function name; function: nope'],
    ['size(a)', 'The function is not allowed to be used this way in an expression; function: size'],
    [
      'attribute_exists(a) = :v',
      'The function is not allowed to be used this way in an expression; function: attribute_exists',
    ],
    [`a IN (${Array(101).fill(':v').join(',')})`, 'too many operands; number of operands: 101'],
    ['a'.repeat(4097), 'Expression size has exceeded the maximum allowed size; expression size: 4097'],
  ])('say what is wrong with %p', (source, message) => {
    expect(() => parseCondition(source)).toThrow(message);
  });
});

describe('update expressions', () => {
  test('have up to four sections, in any order', () => {
    expect(parseUpdate('REMOVE a[1].b, c SET d = if_not_exists(d, :z) + :v ADD e :v DELETE f :v')).toEqual([
      { kind: 'remove', path: ['a', 1, 'b'] },
      { kind: 'remove', path: ['c'] },
      {
        kind: 'set',
        path: ['d'],
        value: {
          kind: 'sum',
          sign: 1,
          left: {
            kind: 'call',
            name: 'if_not_exists',
            operands: [
              { kind: 'path', path: ['d'] },
              { kind: 'value', name: ':z' },
            ],
          },
          right: { kind: 'value', name: ':v' },
        },
      },
      { kind: 'add', path: ['e'], value: { kind: 'value', name: ':v' } },
      { kind: 'delete', path: ['f'], value: { kind: 'value', name: ':v' } },
    ]);
  });

  test.each([
    ['', 'The expression can not be empty;'],
    ['SET a = :v SET b = :v', 'The "SET" section can only be used once in an update expression;'],
    ['SET a = 1', 'Syntax error; token: "1", near: "= 1"'],
    ['SET a = :v, ', 'Syntax error; token: "<EOF>", near: ", "'],
    ['a = :v', 'Syntax error; token: "a", near: "a ="'],
    ['SET name = :v', 'Attribute name is a reserved keyword; reserved keyword: name'],
    ['SET a = nope(:v)', 'Invalid function name; function: nope'],
    ['ADD a b', 'Syntax error; token: "b", near: "a b"'],
  ])('say what is wrong with %p', (source, message) => {
    expect(() => parseUpdate(source)).toThrow(message);
  });
});

describe('projection expressions', () => {
  test('list document paths', () => {
    expect(parseProjection('a, #b.c[3], d[0][1]')).toEqual([['a'], ['#b', 'c', 3], ['d', 0, 1]]);
  });

  test.each([
    ['a,', 'Syntax error; token: "<EOF>", near: ","'],
    ['a b', 'Syntax error; token: "b", near: "a b"'],
    ['a, data', 'Attribute name is a reserved keyword; reserved keyword: data'],
  ])('say what is wrong with %p', (source, message) => {
    expect(() => parseProjection(source)).toThrow(message);
  });
});
