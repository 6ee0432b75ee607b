import { describe, expect, test } from '@jest/globals';
import { parseEventJson } from '../../../localstack/cloud/core/patterns/event-json';
import { compilePattern } from '../../../localstack/cloud/core/patterns/event-pattern';

const matches = (pattern: object | string, event: object | string): boolean =>
  compilePattern(typeof pattern === 'string' ? pattern : JSON.stringify(pattern)).matches(
    parseEventJson(typeof event === 'string' ? event : JSON.stringify(event)),
  );

/** Patterns for the field `v`, each with values that it takes and values that it does not take. */
const operators: [name: string, test: unknown, takes: unknown[], refuses: unknown[]][] = [
  ['a string', 'on', ['on', ['off', 'on']], ['On', 'onn', null, ['off'], {}]],
  ['null', null, [null, [null]], ['null', '', 0, undefined, []]],
  ['true', true, [true], ['true', 1, false]],
  ['a number in any spelling', 300, [300, 3e2], ['300', 301]],
  ['prefix', { prefix: 'ab' }, ['ab', 'abc'], ['Abc', 'a', 12, null]],
  ['the empty prefix', { prefix: '' }, ['', 'x'], [1, null, undefined]],
  ['suffix', { suffix: '.png' }, ['a.png', '.png'], ['a.PNG', 'png']],
  ['prefix ignoring case', { prefix: { 'equals-ignore-case': 'Ab' } }, ['aBc', 'AB'], ['ba', 'a']],
  ['suffix ignoring case', { suffix: { 'equals-ignore-case': '.Png' } }, ['x.pnG'], ['.pngx']],
  ['equals-ignore-case', { 'equals-ignore-case': 'straße' }, ['STRAßE', 'strasse'.replace('ss', 'SS')], ['straße ']],
  ['equals-ignore-case, which knows no ſ', { 'equals-ignore-case': 's' }, ['S', 's'], ['ſ']],
  ['equals-ignore-case with signs of expressions', { 'equals-ignore-case': 'a.b*' }, ['A.B*'], ['axb*']],
  ['wildcard', { wildcard: 'a*b*c' }, ['abc', 'a--b--c', 'abbc'], ['acb', 'ab', 'xabc']],
  ['wildcard in the middle of one text', { wildcard: '*aba*' }, ['ababa', 'aba'], ['abba']],
  ['wildcard whose ends would overlap', { wildcard: 'ab*ba' }, ['abba'], ['aba']],
  ['wildcard escapes', { wildcard: '\\*\\\\*' }, ['*\\', '*\\x'], ['x\\', '\\*']],
  ['wildcard without one', { wildcard: '' }, [''], ['x', undefined]],
  ['anything-but', { 'anything-but': 'x' }, ['y', null, 1, true], ['x', undefined, {}]],
  ['anything-but of strings', { 'anything-but': ['x', '1'] }, ['y', 1], ['x', '1']],
  ['anything-but of numbers', { 'anything-but': [1, 2.5] }, [3, '1', null], [1, 2.5]],
  ['anything-but prefix', { 'anything-but': { prefix: ['a', 'b'] } }, ['c', 7, null], ['ab', 'b']],
  ['anything-but suffix', { 'anything-but': { suffix: '.a' } }, ['.b'], ['x.a']],
  ['anything-but wildcard', { 'anything-but': { wildcard: ['*/a/*', 'b*'] } }, ['a'], ['x/a/', 'bc']],
  ['anything-but ignoring case', { 'anything-but': { 'equals-ignore-case': ['No'] } }, ['yes'], ['nO']],
  ['numeric =', { numeric: ['=', 301.8] }, [301.8, 3.018e2], [301, '301.8']],
  ['numeric range', { numeric: ['>', 0, '<=', 5] }, [0.000001, 5], [0, 5.1, null]],
  ['numeric without a bottom', { numeric: ['<', -1] }, [-1.5, -1e300], [-1]],
  ['exists', { exists: true }, [null, '', 0, [1]], [undefined, {}, [], { a: 1 }]],
  ['exists: false', { exists: false }, [undefined, {}, [], { a: 1 }], [null, 0]],
  ['cidr', { cidr: '10.1.7.9/16' }, ['10.1.0.0', '10.1.255.255'], ['10.2.0.0', '10.1.0.256', 'x', 10]],
  ['cidr v6', { cidr: '2001:db8::/32' }, ['2001:DB8:1::1'], ['2001:db9::', '1.2.3.4']],
  [
    'cidr, which takes an address of the other family that begins so',
    { cidr: '32.1.0.0/16' },
    ['2001:db8::1'],
    ['2002::'],
  ],
  ['cidr with leading zeros', { cidr: '010.1.0.0/16' }, ['10.001.2.3'], ['10.1.00000000.01', '8.1.0.0']],
  ['a prefix up to the closing quote of a value', { prefix: 'ab"' }, ['ab', 'ab"c'], ['abc']],
  ['a suffix from the opening quote of a value', { suffix: { 'equals-ignore-case': '"Ab' } }, ['aB', 'x"AB'], ['cab']],
  ['anything-but, which takes no part for the whole', { 'anything-but': '' }, ['x', null, 0], ['']],
  ['anything-but a wildcard of nothing', { 'anything-but': { wildcard: '' } }, ['x', 5], ['']],
  ['a number near zero', { numeric: ['>', 2e-6, '<', 4e-6] }, [3e-6], [2e-6, 4e-6]],
  ['a suffix beyond ASCII', { suffix: '統治者' }, ['事件統治者'], ['統治']],
  ['a wildcard beyond ASCII', { wildcard: '*データ*.csv' }, ['x_データ_y.csv', 'データ.csv'], ['デ.csv', 'データ']],
  ['an address in another spelling', '::1', ['0:0:0:0:0:0:0:1', '::0001'], ['::2', '::1::']],
];

describe.each(operators)('%s', (_name, operator, takes, refuses) => {
  const pattern = { v: [operator] };
  test.each(takes.map((value) => [JSON.stringify(value), value]))('takes %s', (_text, v) => {
    expect(matches(pattern, { v })).toBe(true);
  });
  test.each(refuses.map((value) => [JSON.stringify(value), value]))('does not take %s', (_text, v) => {
    expect(matches(pattern, { v })).toBe(false);
  });
});

test('all fields must match, and any of the values of a field', () => {
  const pattern = { source: ['a', 'b'], detail: { status: [{ prefix: 'o' }, null] } };
  expect(matches(pattern, { source: 'b', detail: { status: null } })).toBe(true);
  expect(matches(pattern, { source: 'c', detail: { status: 'ok' } })).toBe(false);
  expect(matches(pattern, { source: 'a', detail: {} })).toBe(false);
});

test('a dot in a name is a step into an object', () => {
  expect(matches({ 'a.b': [1] }, { a: { b: 1 } })).toBe(true);
  expect(matches({ a: { b: [1] } }, { 'a.b': 1 })).toBe(true);
  expect(matches({ 'a.b': { c: [1] } }, { a: { c: 1 } })).toBe(false);
});

describe('arrays', () => {
  const order = {
    items: [
      { sku: 'a', quantity: 1, tags: ['new', 'red'] },
      { sku: 'b', quantity: 2 },
    ],
  };

  test('all values come from the same element', () => {
    expect(matches({ items: { sku: ['a'], quantity: [1] } }, order)).toBe(true);
    expect(matches({ items: { sku: ['a'], quantity: [2] } }, order)).toBe(false);
  });

  test('values of one array of plain values may match several fields', () => {
    expect(matches({ items: { sku: ['a'], tags: ['red'] } }, order)).toBe(true);
  });

  test('absence is judged in the element that the fields before matched', () => {
    expect(matches({ items: { sku: ['b'], tags: [{ exists: false }] } }, order)).toBe(true);
    expect(matches({ items: { sku: ['a'], tags: [{ exists: false }] } }, order)).toBe(false);
  });

  test('elements are told apart also when there are many', () => {
    const many = {
      items: Array.from({ length: 40 }, (_, at) => ({ sku: `s${at}`, quantity: at, tags: [`t${at}`, 'all'] })),
    };
    expect(matches({ items: { sku: ['s31'], quantity: [31], tags: ['t31'] } }, many)).toBe(true);
    expect(matches({ items: { sku: ['s31'], quantity: [30], tags: ['all'] } }, many)).toBe(false);
  });

  test('a plain value beside an array of the same name goes with every element', () => {
    expect(matches({ a: { x: [1], y: [2] } }, { a: [{ x: 1 }], 'a.y': 2 })).toBe(true);
  });

  test('arrays in arrays are walked to the end', () => {
    expect(matches({ m: { x: [1], y: [2] } }, { m: [[{ x: 1, y: 3 }], [{ x: 1, y: 2 }]] })).toBe(true);
    expect(matches({ m: { x: [1], y: [2] } }, { m: [[{ x: 1 }], [{ y: 2 }]] })).toBe(false);
  });
});

describe('$or', () => {
  test('takes any of its branches, beside what stands around it', () => {
    const pattern = { s: ['x'], $or: [{ a: [1] }, { b: [2], c: [3] }] };
    expect(matches(pattern, { s: 'x', a: 1 })).toBe(true);
    expect(matches(pattern, { s: 'x', b: 2, c: 3 })).toBe(true);
    expect(matches(pattern, { s: 'x', b: 2 })).toBe(false);
    expect(matches(pattern, { s: 'y', a: 1 })).toBe(false);
  });

  test('two of them multiply', () => {
    const pattern = { $or: [{ a: [1] }, { b: [1] }], d: { $or: [{ c: [1] }, { e: [1] }] } };
    expect(matches(pattern, { b: 1, d: { e: 1 } })).toBe(true);
    expect(matches(pattern, { a: 1, b: 1, d: {} })).toBe(false);
  });

  test('may stand in its own branches', () => {
    const pattern = { $or: [{ a: [1], $or: [{ b: [1] }, { c: [1] }] }, { d: { $or: [{ e: [1] }, { f: [1] }] } }] };
    expect(matches(pattern, { a: 1, c: 1 })).toBe(true);
    expect(matches(pattern, { d: { f: 1 } })).toBe(true);
    expect(matches(pattern, { a: 1 })).toBe(false);
  });

  test('replaces what stood before it at the same path, and is replaced by what stands behind it', () => {
    expect(matches('{"a":["x"],"$or":[{"a":["y"]},{"b":[1]}]}', { a: 'y' })).toBe(true);
    expect(matches('{"a":["x"],"$or":[{"a":["y"]},{"b":[1]}]}', { a: 'x' })).toBe(false);
    expect(matches('{"$or":[{"a":["y"]},{"b":[1]}],"a":["x"]}', { a: 'x' })).toBe(true);
  });

  test('has no operators for names, but names that only look like some', () => {
    expect(matches({ $or: [{ html: ['x'] }, { like: ['y'] }] }, { html: 'x' })).toBe(true);
  });

  test('is an ordinary name where it is not used as the operator', () => {
    expect(matches({ $or: { a: [1] } }, { $or: { a: 1 } })).toBe(true);
  });
});

describe('numbers', () => {
  test('compare by value, not by spelling', () => {
    expect(matches('{"n":[1.50]}', '{"n":15e-1}')).toBe(true);
    expect(matches('{"n":[0]}', '{"n":-0.0}')).toBe(true);
  });

  test('that no double holds compare letter by letter', () => {
    expect(matches('{"n":[0.10000000000000000001]}', '{"n":0.1}')).toBe(false);
    expect(matches('{"n":[0.10000000000000000001]}', '{"n":0.10000000000000000001}')).toBe(true);
    expect(matches('{"n":[{"numeric":["<",1]}]}', '{"n":0.10000000000000000001}')).toBe(false);
    expect(matches('{"n":[{"anything-but":1}]}', '{"n":1e999}')).toBe(true);
  });

  test('that doubles round to each other stay apart', () => {
    expect(matches('{"n":[9007199254740993]}', '{"n":9007199254740992}')).toBe(false);
    expect(matches('{"n":[9007199254740993]}', '{"n":9007199254740993}')).toBe(true);
  });
});

test('the last of two equal fields in a pattern wins', () => {
  expect(matches('{"a":["x"],"a":["y"]}', { a: 'y' })).toBe(true);
  expect(matches('{"a":["x"],"a":["y"]}', { a: 'x' })).toBe(false);
});

describe('is refused in the words of Event Ruler:', () => {
  const reasonFor = (pattern: string): string => {
    try {
      compilePattern(pattern);
    } catch (error) {
      return (error as { reason: string }).reason;
    }
    throw new Error('accepted');
  };

  test.each([
    ['[]', 'Filter is not an object\n at [Source: (String)"[]"; line: 1, column: 2]'],
    ['{}', 'Empty objects are not allowed\n at [Source: (String)"{}"; line: 1, column: 3]'],
    ['{"a":[]}', 'Empty arrays are not allowed\n at [Source: (String)"{"a":[]}"; line: 1, column: 8]'],
    // A string is only read when it is asked for: the column is the one behind its opening quote.
    ['{"a":"b"}', '"a" must be an object or an array\n at [Source: (String)"{"a":"b"}"; line: 1, column: 7]'],
    ['{\n "a": 1}', '"a" must be an object or an array\n at [Source: (String)"{\n "a": 1}"; line: 2, column: 8]'],
    [
      "{'a'",
      "Unexpected character (''' (code 39)): was expecting double-quote to start field name\n at [Source: (String)\"{'a'\"; line: 1, column: 2]",
    ],
  ])('%s', (pattern, reason) => {
    expect(reasonFor(pattern)).toBe(reason);
  });

  test.each([
    ['{"a":[{"nope":1}]}', 'Unrecognized match type nope'],
    ['{"a":[["b"]]}', 'Match value must be String, number, true, false, or null'],
    ['{"a":[{"prefix":1}]}', 'prefix match pattern must be a string'],
    ['{"a":[{"prefix":{"suffix":"a"}}]}', 'Unsupported prefix pattern: suffix'],
    ['{"a":[{"prefix":"a","suffix":"b"}]}', 'Only one key allowed in match expression'],
    ['{"a":[{"anything-but":[]}]}', 'Inside anything but list, either all values are number or string'],
    ['{"a":[{"anything-but":["a",1]}]}', 'Inside anything but list, either all values are number or string'],
    ['{"a":[{"anything-but":[true]}]}', 'Inside anything but list, start|null|boolean is not supported.'],
    ['{"a":[{"anything-but":{"exists":true}}]}', 'Unsupported anything-but pattern: exists'],
    ['{"a":[{"anything-but":{"prefix":""}}]}', 'Null prefix/suffix not allowed'],
    ['{"a":[{"numeric":5}]}', 'Value of numeric must be an array.'],
    ['{"a":[{"numeric":[">","5"]}]}', 'Value of > must be numeric'],
    ['{"a":[{"numeric":["<",5,">",1]}]}', 'Too many elements in numeric expression'],
    ['{"a":[{"numeric":[">",5,"<",1]}]}', 'Bottom must be less than top'],
    ['{"a":[{"numeric":[">",5,"=",7]}]}', 'Bad numeric range operator: ='],
    ['{"a":[{"numeric":["=",1e400]}]}', 'Cannot compare number : 1e400'],
    ['{"a":[{"exists":"yes"}]}', 'exists match pattern must be either true or false.'],
    ['{"a":[{"cidr":"10.0.0.0"}]}', "Malformed CIDR, one '/' required"],
    ['{"a":[{"cidr":"10.0.0.0/32"}]}', 'IPv4 mask bits must be < 32'],
    ['{"a":[{"cidr":"10.0.0.300/8"}]}', 'Invalid IP address: 10.0.0.300'],
    ['{"a":[{"cidr":"host/8"}]}', 'Nonstandard IP address: host'],
    ['{"a":[{"wildcard":"é**"}]}', 'Consecutive wildcard characters at pos 3'],
    ['{"a":[{"wildcard":"a\\\\b"}]}', 'Invalid escape character at pos 2'],
    ['{"a":[{"wildcard":"*a*a*a*a*a*a*a*a*a*a*a*"}]}', 'Rule is too complex - try using fewer wildcard characters'],
    ['{"$or":[{"a":[1]}]}', 'Unrecognized match type a'],
    ['{"$or":[{"prefix":["x"]},{"a":[1]}]}', 'prefix match pattern must be a string'],
    ['{"a":[1]', 'Unexpected end-of-input'],
    ['{"a" [1]}', 'was expecting a colon to separate field name and value'],
  ])('%s', (pattern, reason) => {
    expect(reasonFor(pattern)).toContain(reason);
  });
});
