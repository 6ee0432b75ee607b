import type { CollectionTag, ScalarTag, Tags } from 'yaml';
import { validationError } from './errors';
import type { Template } from './template';

/** The template in `text`, JSON or YAML. Throws `ValidationError`. */
export function parseTemplate(text: string): Template {
  const template = text.trimStart().startsWith('{') ? parseJson(text) : parseYaml(text);
  if (typeof template !== 'object' || template === null || Array.isArray(template)) {
    throw validationError('Template format error: unsupported structure.');
  }
  return template as Template;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not every message of the engine has the place.
    const position = Number(/at position (\d+)/.exec((error as Error).message)?.[1] ?? text.length);
    const before = text.slice(0, position).split('\n');
    throw notWellFormed('JSON', before.length, before[before.length - 1]!.length + 1);
  }
}

function parseYaml(text: string): unknown {
  // CDK's templates are JSON: only who brings YAML waits for its parser.
  const { parseDocument, visit, LineCounter } = require('yaml') as typeof import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { customTags, logLevel: 'silent', lineCounter });
  // A warning is a tag that nobody knows.
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw notWellFormed('YAML', line, col);
  }
  visit(document, {
    Alias: () => {
      throw validationError('Template error: YAML aliases are not allowed in CloudFormation templates');
    },
  });
  return document.toJS();
}

const notWellFormed = (format: string, line: number, column: number) =>
  validationError(`Template format error: ${format} not well-formed. (line ${line}, column ${column})`);

const FUNCTIONS = [
  ...['Base64', 'Cidr', 'FindInMap', 'GetAZs', 'ImportValue', 'Join', 'Select', 'Split', 'Sub', 'Transform'],
  ...['And', 'Equals', 'If', 'Not', 'Or', 'Length', 'ToJsonString', 'GetStackOutput'],
  ...['Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll'],
];

/** Tags of plain YAML whose values may lose what was written: `1.10` is no 1.1, `012345678901` is an account. */
const NUMBERS = ['tag:yaml.org,2002:int', 'tag:yaml.org,2002:float'];

const NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?(0|[1-9]\d*)(\.\d+)?$/,
  resolve: (text: string) => (String(Number(text)) === text ? Number(text) : text),
};

/** `!Sub x` for `{Fn::Sub: x}` and so on: each function as the tag of a scalar, a list and a map. */
const customTags = (plain: Tags): Tags => [
  ...plain.filter((tag) => typeof tag === 'string' || !NUMBERS.includes(tag.tag)),
  NUMBER,
  ...FUNCTIONS.flatMap((name) => shortForm(`!${name}`, (value) => ({ [`Fn::${name}`]: value }))),
  ...shortForm('!Ref', (value) => ({ Ref: value })),
  ...shortForm('!Condition', (value) => ({ Condition: value })),
  ...shortForm('!GetAtt', (value) => {
    const dot = typeof value === 'string' ? value.indexOf('.') : -1;
    return { 'Fn::GetAtt': dot > 0 ? [String(value).slice(0, dot), String(value).slice(dot + 1)] : value };
  }),
];

function shortForm(tag: string, make: (value: unknown) => object): (ScalarTag | CollectionTag)[] {
  type Node = { toJSON(): unknown };
  const ofNode = (node: unknown) => make((node as Node).toJSON());
  return [
    { tag, resolve: (text: string) => make(text) },
    { tag, collection: 'seq', resolve: ofNode },
    { tag, collection: 'map', resolve: ofNode },
  ];
}
