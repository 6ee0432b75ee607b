import { describe, expect, test } from '@jest/globals';
import { compilePattern } from '../../../localstack/cloud/core/patterns/event-pattern';

const reasonFor = (pattern: string): string => {
  try {
    compilePattern(pattern);
  } catch (error) {
    return (error as { reason: string }).reason;
  }
  throw new Error('accepted');
};

const at = (pattern: string, column: number, line = 1): string =>
  `\n at [Source: (String)"${pattern}"; line: ${line}, column: ${column}]`;

describe('a mistake is told with the place where Ruler has read to', () => {
  test.each([
    ['{"total": 12}', '"total" must be an object or an array', 13],
    // A string is only begun when it is found to be wrong.
    ['{"state": "paid"}', '"state" must be an object or an array', 12],
    ['{"items": []}', 'Empty arrays are not allowed', 13],
    ['{"a": [{"Prefix": "x"}]}', 'Unrecognized match type Prefix', 20],
    ['{"a": [{"prefix": 77}]}', 'prefix match pattern must be a string', 21],
    ['{"a": [{"prefix": ["x"]}]}', 'prefix match pattern must be a string', 20],
    ['{"a": [{"numeric": [">", 1, "<"]}]}', 'Value of < must be numeric', 33],
    ['{"a": [{"numeric": [">", 1, ">", 2]}]}', 'Bad numeric range operator: >', 32],
    ['{"a": [{"numeric": [7]}]}', 'Invalid member in numeric match: 7', 22],
    ['{"a": [{"anything-but": {"suffix": 5}}]}', 'prefix/suffix match pattern must be a string', 37],
    ['{"a": [{"anything-but": null}]}', 'Value of anything-but must be an array or single string/number value.', 29],
    ['{"a": [{"wildcard": "x**"}]}', 'Consecutive wildcard characters at pos 2', 26],
  ])('%s', (pattern, message, column) => {
    expect(reasonFor(pattern)).toBe(message + at(pattern, column));
  });

  test('in the line where it is', () => {
    const pattern = '{\n  "a": ["x"],\r\n  "b": {}\n}';
    expect(reasonFor(pattern)).toBe(`Empty objects are not allowed${at(pattern, 10, 3)}`);
  });

  test('with the first five hundred characters of the pattern', () => {
    const long = `{"a": ["${'x'.repeat(600)}"], "b": 1}`;
    expect(reasonFor(long)).toContain(`${long.slice(0, 500)}"[truncated ${long.length - 500} chars]; line: 1`);
  });
});

describe('a mistake in a list inside anything-but is told with its place twice', () => {
  test.each([
    ['{"a": [{"anything-but": ["x", null]}]}', 'Inside anything but list, start|null|boolean is not supported.', 35],
    [
      '{"a": [{"anything-but": {"equals-ignore-case": [1]}}]}',
      'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
      50,
    ],
    ['{"a": [{"anything-but": {"prefix": ["x", 5]}}]}', 'prefix/suffix match pattern must be a string', 43],
    ['{"a": [{"anything-but": {"suffix": [""]}}]}', 'Null prefix/suffix not allowed', 39],
    ['{"a": [{"anything-but": {"wildcard": [{}]}}]}', 'wildcard match pattern must be a string', 40],
  ])('%s', (pattern, message, column) => {
    expect(reasonFor(pattern)).toBe(message + at(pattern, column).repeat(2));
  });

  test('but once when a number is the mistake', () => {
    const pattern = '{"a": [{"anything-but": [1e400]}]}';
    expect(reasonFor(pattern)).toBe(`Cannot compare number : 1e400${at(pattern, 31)}`);
    expect(reasonFor('{"a": [{"anything-but": 1e400}]}')).toBe('Cannot compare number : 1e400');
  });
});

describe('text that is no JSON is refused in the words of Jackson', () => {
  const any = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  test.each([
    ['orders', `Unrecognized token 'orders': was expecting ${any}`, 7],
    ['{"a": nil}', `Unrecognized token 'nil': was expecting ${any}`, 10],
    ['{"a": truely}', `Unrecognized token 'truely': was expecting ${any}`, 13],
    ["{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2],
    ['{"a" ["x"]}', "Unexpected character ('[' (code 91)): was expecting a colon to separate field name and value", 6],
    ['{"a": ["x" "y"]}', "Unexpected character ('\"' (code 34)): was expecting comma to separate Array entries", 12],
    ['{"a": ["x"] "b"}', "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", 13],
    ['{"a": ["x",]}', `Unexpected character (']' (code 93)): expected a valid value ${any}`, 12],
    ['{"a": }', "Unexpected character ('}' (code 125)): expected a value", 7],
    ['{"a": ["\\d"]}', "Unrecognized character escape 'd' (code 100)", 10],
    [
      '{"a": ["\\u00zz"]}',
      "Unexpected character ('z' (code 122)): expected a hex-digit for character escape sequence",
      13,
    ],
    ['{"a": [01]}', 'Invalid numeric value: Leading zeroes not allowed', 9],
    ['{"a": [1.]}', "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit", 9],
    [
      '{"a": [-x]}',
      "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
      9,
    ],
    ['{"a": ["x', 'Unexpected end-of-input: was expecting closing quote for a string value', 10],
    ['{"a', 'Unexpected end-of-input in field name', 4],
    ['{"a"', 'Unexpected end-of-input within/between Object entries', 5],
    [
      '{/* no */}',
      "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)",
      2,
    ],
  ])('%s', (pattern, message, column) => {
    expect(reasonFor(pattern)).toBe(message + at(pattern, column));
  });

  test('a bracket that is missing is told with where its partner is', () => {
    const open = '{"a": ["x"}';
    expect(reasonFor(open)).toBe(
      `Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)"${open}"; line: 1, column: 7])${at(open, 11)}`,
    );
    const end = '{"a": ["x"]';
    expect(reasonFor(end)).toBe(
      `Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)"${end}"; line: 1, column: 1])${at(end, 12)}`,
    );
  });

  test('control characters are shown as escapes', () => {
    expect(reasonFor('{"a": ["\t"]}')).toBe(
      'Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value' +
        '\n at [Source: (String)"{"a": ["\\u0009"]}"; line: 1, column: 9]',
    );
  });

  test('what comes behind the pattern is not read', () => {
    expect(compilePattern('{"a": ["x"]} and more').matches({ a: 'x' })).toBe(true);
  });
});

describe('too much is refused:', () => {
  test('more than a thousand combinations of $or', () => {
    const or = (name: string) => `"$or": [${Array.from({ length: 11 }, (_, at) => `{"${name}${at}": [1]}`).join()}]`;
    const pattern = `{${or('a')}, "b": {${or('b')}, "c": {${or('c')}}}}`;
    expect(reasonFor(pattern)).toBe('Event pattern contains more than 1000 rule combinations');
  });

  const tooComplex = 'Rule is too complex - try using fewer wildcard characters';
  test.each([
    '{"arn": [{"wildcard": "*:*:*:*:*:queue/*"}]}',
    `{"path": [${['red', 'green', 'blue', 'white'].map((name) => `{"wildcard": "*:part/${name}/*"}`).join()}]}`,
    '{"path": [{"anything-but": {"wildcard": ["*a*a*a*", "*b*b*b*", "*a*b*"]}}]}',
    // The alternatives of $or that are the same in the fields before are one machine.
    '{"$or": [{"p": [{"wildcard": "*a*a*a*"}]}, {"p": [{"wildcard": "*a*b*a*"}]}]}',
  ])('%s', (pattern) => {
    expect(reasonFor(pattern)).toContain(tooComplex);
  });

  test.each([
    `{"path": [${['red', 'green', 'blue'].map((name) => `{"wildcard": "*:part/${name}/*"}`).join()}]}`,
    '{"$or": [{"p": [{"wildcard": "*a*a*a*"}]}, {"q": [{"wildcard": "*a*b*a*"}]}]}',
  ])('but not %s', (pattern) => {
    expect(() => compilePattern(pattern)).not.toThrow();
  });
});
