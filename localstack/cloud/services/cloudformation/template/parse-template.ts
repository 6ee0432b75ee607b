import type { CollectionTag, ScalarTag } from 'yaml';
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
    throw validationError(`Template format error: JSON not well-formed. (${(error as Error).message})`);
  }
}

function parseYaml(text: string): unknown {
  // CDK's templates are JSON: only who brings YAML waits for its parser.
  const { parse } = require('yaml') as typeof import('yaml');
  try {
    return parse(text, { customTags: shortForms(), logLevel: 'error' });
  } catch (error) {
    throw validationError(`Template format error: YAML not well-formed. (${(error as Error).message.split('\n')[0]})`);
  }
}

const FUNCTIONS = [
  'Base64',
  'FindInMap',
  'GetAZs',
  'ImportValue',
  'Join',
  'Select',
  'Split',
  'Sub',
  'If',
  'Not',
  'Equals',
  'And',
  'Or',
  'Length',
  'ToJsonString',
  'Cidr',
  'Transform',
];

/** `!Sub x` for `{Fn::Sub: x}` and so on: each function as the tag of a scalar, a list and a map. */
function shortForms(): (ScalarTag | CollectionTag)[] {
  const forms = FUNCTIONS.flatMap((name) => tags(`!${name}`, (value) => ({ [`Fn::${name}`]: value })));
  return [
    ...forms,
    ...tags('!Ref', (value) => ({ Ref: value })),
    ...tags('!Condition', (value) => ({ Condition: value })),
    ...tags('!GetAtt', (value) => {
      if (typeof value !== 'string') return { 'Fn::GetAtt': value };
      const dot = value.indexOf('.');
      return { 'Fn::GetAtt': [value.slice(0, dot), value.slice(dot + 1)] };
    }),
  ];
}

function tags(tag: string, make: (value: unknown) => object): (ScalarTag | CollectionTag)[] {
  type Node = { toJSON(): unknown };
  const ofNode = (node: unknown) => make((node as Node).toJSON());
  return [
    { tag, resolve: (text: string) => make(text) },
    { tag, collection: 'seq', resolve: ofNode },
    { tag, collection: 'map', resolve: ofNode },
  ];
}
