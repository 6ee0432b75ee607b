import { AwsError } from '../../core/aws-error';

type Test = (document: unknown) => boolean;

const TOKEN =
  /\s*(?:(\$(?:\.[\w-]+|\[\d+\]|\["[^"]+"\])+)|"((?:[^"\\]|\\.)*)"|(&&|\|\||!=|<=|>=|[=<>(){}])|([^\s=<>(){}&|"]+))/y;

type Token = { readonly kind: 'path' | 'text' | 'sign' | 'word'; readonly value: string };

/**
 * `{ $.level = "ERROR" && ($.code >= 500 || $.retry IS TRUE) }`: comparison of numbers and texts (`*` stands for any
 * characters), `IS NULL | TRUE | FALSE`, `EXISTS`, `NOT EXISTS`. Messages that are no JSON never match.
 */
export function compileJsonFilter(text: string): (message: string) => boolean {
  const tokens = tokenise(text);
  let next = 0;
  const peek = (): Token | undefined => tokens[next];
  const isSign = (value: string): boolean => peek()?.kind === 'sign' && peek()?.value === value;
  const expect = (value: string): void => {
    if (!isSign(value)) throw invalid();
    next++;
  };

  const either = (): Test => {
    const tests = [both()];
    while (isSign('||')) {
      next++;
      tests.push(both());
    }
    return (document) => tests.some((test) => test(document));
  };
  const both = (): Test => {
    const tests = [single()];
    while (isSign('&&')) {
      next++;
      tests.push(single());
    }
    return (document) => tests.every((test) => test(document));
  };
  const single = (): Test => {
    if (isSign('(')) {
      next++;
      const test = either();
      expect(')');
      return test;
    }
    const path = tokens[next++];
    if (path?.kind !== 'path') throw invalid();
    const read = reader(path.value);
    const operator = tokens[next++];
    if (operator?.kind === 'word') return keywordTest(operator.value, tokens[next]?.value, read, () => next++);
    const operand = tokens[next++];
    if (operator?.kind !== 'sign' || !operand || operand.kind === 'sign' || operand.kind === 'path') throw invalid();
    return comparison(operator.value, operand, read);
  };

  expect('{');
  const test = either();
  expect('}');
  if (next !== tokens.length) throw invalid();
  return (message) => {
    try {
      return test(JSON.parse(message));
    } catch {
      return false;
    }
  };
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const source = text.trim();
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (!match) throw invalid();
    if (match[1] !== undefined) tokens.push({ kind: 'path', value: match[1] });
    else if (match[2] !== undefined) tokens.push({ kind: 'text', value: match[2].replace(/\\(.)/g, '$1') });
    else if (match[3] !== undefined) tokens.push({ kind: 'sign', value: match[3] });
    else tokens.push({ kind: 'word', value: match[4]! });
  }
  return tokens;
}

function reader(path: string): (document: unknown) => unknown {
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]+)"\]/g)].map((m) => m[1] ?? m[2] ?? m[3]!);
  return (document) => {
    let value = document;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
    return value;
  };
}

function keywordTest(
  word: string,
  following: string | undefined,
  read: Test | ReturnType<typeof reader>,
  take: () => void,
): Test {
  const phrase = word.toUpperCase() === 'EXISTS' ? 'EXISTS' : `${word} ${following}`.toUpperCase();
  if (phrase !== 'EXISTS') take();
  switch (phrase) {
    case 'EXISTS':
      return (document) => read(document) !== undefined;
    case 'NOT EXISTS':
      return (document) => read(document) === undefined;
    case 'IS NULL':
      return (document) => read(document) === null;
    case 'IS TRUE':
      return (document) => read(document) === true;
    case 'IS FALSE':
      return (document) => read(document) === false;
    default:
      throw invalid();
  }
}

function comparison(operator: string, operand: Token, read: (document: unknown) => unknown): Test {
  const number = operand.kind === 'word' && operand.value !== '' ? Number(operand.value) : Number.NaN;
  if (Number.isNaN(number)) {
    const pattern = new RegExp(`^${operand.value.split('*').map(escapeRegExp).join('.*')}$`, 's');
    const matches: Test = (document) => {
      const value = read(document);
      return (typeof value === 'string' || typeof value === 'boolean') && pattern.test(String(value));
    };
    if (operator === '=') return matches;
    if (operator === '!=') return (document) => read(document) !== undefined && !matches(document);
    throw invalid();
  }
  const compare = (test: (value: number) => boolean): Test => {
    return (document) => {
      const value = read(document);
      return typeof value === 'number' && test(value);
    };
  };
  switch (operator) {
    case '=':
      return compare((value) => value === number);
    case '!=':
      return (document) => read(document) !== undefined && read(document) !== number;
    case '<':
      return compare((value) => value < number);
    case '<=':
      return compare((value) => value <= number);
    case '>':
      return compare((value) => value > number);
    case '>=':
      return compare((value) => value >= number);
    default:
      throw invalid();
  }
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const invalid = (): AwsError => new AwsError('InvalidParameterException', 'Invalid filter pattern');
