import { notImplemented } from '../../../core/aws-error';
import { validationError } from '../errors';
import { unexpected } from '../values/read-value';

/** What a member of an input may be: its JSON type and the constraints of the API model. */
export type Shape =
  | {
      readonly type: 'string';
      readonly required?: true;
      readonly min?: number;
      readonly max?: number;
      readonly pattern?: string;
      /** An ARN does as well, whatever the pattern says. */
      readonly orArn?: true;
      readonly values?: readonly string[];
    }
  | { readonly type: 'integer'; readonly required?: true; readonly min?: number; readonly max?: number }
  | { readonly type: 'boolean'; readonly required?: true }
  /** A map whose values somebody else looks at. */
  | { readonly type: 'map'; readonly required?: true }
  | {
      readonly type: 'list';
      readonly required?: true;
      readonly min?: number;
      readonly max?: number;
      readonly of?: Shape;
    }
  | { readonly type: 'structure'; readonly required?: true; readonly members: Members };

export type Members = Readonly<Record<string, Shape>>;

const MAX_COMPLAINTS = 10;

/**
 * Checks an input against its shape, in the way of AWS's front door: first the JSON types, then all constraints in
 * one message. Members that the shape does not have are refused by name. `at`: the operation.
 */
export function checkInput(at: string, input: unknown, members: Members): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw unexpected(input, 'structure');
  const complaints: string[] = [];
  checkMembers(at, input as Record<string, unknown>, members, '', complaints);
  if (complaints.length === 0) return;
  const shown = complaints.slice(0, MAX_COMPLAINTS);
  throw validationError(`${shown.length} validation error${shown.length > 1 ? 's' : ''} detected: ${shown.join('; ')}`);
}

function checkMembers(
  at: string,
  input: Record<string, unknown>,
  members: Members,
  path: string,
  complaints: string[],
): void {
  for (const name in input) {
    if (input[name] != null && !Object.hasOwn(members, name)) throw notImplemented(`${at}: ${name}`);
  }
  for (const name in members) {
    const value = input[name];
    const shape = members[name] as Shape;
    if (value != null) check(at, value, shape, path, name, complaints);
    else if (shape.required) complaints.push(complaint(null, place(path, name), 'Member must not be null'));
  }
}

function check(at: string, value: unknown, shape: Shape, path: string, name: string, complaints: string[]): void {
  const complain = (constraint: string) => complaints.push(complaint(value, place(path, name), constraint));
  switch (shape.type) {
    case 'string': {
      if (typeof value !== 'string') throw unexpected(value, 'String');
      if (shape.values && !shape.values.includes(value))
        complain(`Member must satisfy enum value set: [${shape.values.join(', ')}]`);
      if (shape.pattern && value !== '' && !patternOf(shape.pattern).test(value) && !(shape.orArn && ARN.test(value)))
        complain(`Member must satisfy regular expression pattern: ${shape.pattern}`);
      checkLength(value.length, shape, complain);
      return;
    }
    case 'integer':
      if (typeof value !== 'number') throw unexpected(value, 'Integer');
      if (shape.min !== undefined && value < shape.min)
        complain(`Member must have value greater than or equal to ${shape.min}`);
      if (shape.max !== undefined && value > shape.max)
        complain(`Member must have value less than or equal to ${shape.max}`);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw unexpected(value, 'Boolean');
      return;
    case 'map':
      if (typeof value !== 'object' || Array.isArray(value)) throw unexpected(value, 'map');
      return;
    case 'list': {
      if (!Array.isArray(value)) throw unexpected(value, 'list');
      checkLength(value.length, shape, complain);
      const { of } = shape;
      if (of) {
        value.forEach((element, index) => {
          check(at, element, of, place(path, `${name}.${index + 1}`), 'member', complaints);
        });
      }
      return;
    }
    case 'structure':
      if (typeof value !== 'object' || Array.isArray(value)) throw unexpected(value, 'structure');
      checkMembers(at, value as Record<string, unknown>, shape.members, place(path, name), complaints);
  }
}

function checkLength(
  length: number,
  { min, max }: { readonly min?: number; readonly max?: number },
  complain: (constraint: string) => void,
): void {
  if (min !== undefined && length < min) complain(`Member must have length greater than or equal to ${min}`);
  if (max !== undefined && length > max) complain(`Member must have length less than or equal to ${max}`);
}

const ARN = /^arn:[a-zA-Z0-9:/_.-]+$/;

const patterns = new Map<string, RegExp>();

/** The pattern of the API model, for whole strings. */
function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (!pattern) {
    pattern = new RegExp(`^(?:${source})$`);
    patterns.set(source, pattern);
  }
  return pattern;
}

const place = (path: string, name: string): string =>
  (path === '' ? '' : `${path}.`) + (name.charAt(0).toLowerCase() + name.slice(1));

function complaint(value: unknown, at: string, constraint: string): string {
  return `Value ${value === null ? 'null' : `'${show(value)}'`} at '${at}' failed to satisfy constraint: ${constraint}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
