import { AwsError } from '../../../core/aws-error';
import { invalidParameter, validationError } from '../errors';
import type { AttributeValue, Item } from './attribute-value';
import { setMember, valueTypes } from './attribute-value';
import { readNumber } from './number';

const MAX_NESTING = 32;

/**
 * An attribute value as it came over the wire, checked, its numbers in canonical form. Gives back the same object
 * when there was nothing to change.
 */
export function readValue(value: unknown, depth = 0): AttributeValue {
  if (depth > MAX_NESTING) throw validationError('Nesting Levels have exceeded supported limits');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unexpected(value, 'structure');
  const types = Object.keys(value).filter((type) => (value as Record<string, unknown>)[type] != null);
  const type = types[0];
  if (type === undefined || !types.some((name) => valueTypes.has(name)))
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  const read = readTyped(type, (value as Record<string, unknown>)[type], value as AttributeValue, depth);
  if (types.length > 1)
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  return read;
}

/** An item or a key as it came over the wire; see `readValue`. */
export function readItem(item: unknown, depth = 0): Item {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw unexpected(item, 'structure');
  let changed: { [name: string]: AttributeValue } | undefined;
  for (const name of Object.keys(item)) {
    const before = (item as Item)[name] as AttributeValue;
    const after = readValue(before, depth);
    if (after === before) continue;
    changed ??= { ...(item as Item) };
    setMember(changed, name, after);
  }
  return changed ?? (item as Item);
}

function readTyped(type: string, content: unknown, value: AttributeValue, depth: number): AttributeValue {
  switch (type) {
    case 'S':
      text(content);
      return value;
    case 'N': {
      const number = readNumber(text(content));
      return number === content ? value : { N: number };
    }
    case 'B':
      return binary(content) === content ? value : { B: binary(content) };
    case 'BOOL':
      if (typeof content !== 'boolean') throw unexpected(content, 'Boolean');
      return value;
    case 'NULL':
      if (content !== true) throw invalidParameter('Null attribute value types must have the value of true');
      return value;
    case 'SS': {
      const members = list(content).map(text);
      if (members.length === 0) throw invalidParameter('An string set  may not be empty');
      const repeated = duplicate(members);
      if (repeated) throw invalidParameter(`Input collection [${members.join(', ')}] contains duplicates.`);
      return value;
    }
    case 'NS': {
      const members = list(content).map(text);
      if (members.length === 0) throw invalidParameter('An number set  may not be empty');
      const numbers = members.map(readNumber);
      if (duplicate(numbers)) throw validationError('Input collection contains duplicates');
      return numbers.every((number, index) => number === members[index]) ? value : { NS: numbers };
    }
    case 'BS': {
      const members = list(content).map(binary);
      if (members.length === 0) throw invalidParameter('Binary sets should not be empty');
      if (duplicate(members))
        throw invalidParameter(`Input collection [${members.join(', ')}]of type BS contains duplicates.`);
      return { BS: members };
    }
    case 'L': {
      const before = list(content) as AttributeValue[];
      const after = before.map((element) => readValue(element, depth + 1));
      return after.every((element, index) => element === before[index]) ? value : { L: after };
    }
    case 'M': {
      const map = readItem(content, depth + 1);
      return map === content ? value : { M: map };
    }
    default:
      throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
}

function text(content: unknown): string {
  if (typeof content !== 'string') throw unexpected(content, 'String');
  return content;
}

function list(content: unknown): unknown[] {
  if (!Array.isArray(content)) throw unexpected(content, 'list');
  return content;
}

/** Base64 without whitespace, its last character as an encoder would write it. */
function binary(content: unknown): string {
  const base64 = text(content);
  if (base64.length % 4 !== 0)
    throw serialization(
      `'${base64}' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: ${base64.length}`,
    );
  const strange = /[^a-zA-Z0-9+/=]|=[^=]/.exec(base64);
  if (strange)
    throw serialization(`'${base64}' can not be converted to a Blob: Invalid Base64 character: '${strange[0][0]}'`);
  return base64.endsWith('=') ? Buffer.from(base64, 'base64').toString('base64') : base64;
}

function duplicate(values: readonly string[]): boolean {
  return values.length > 1 && new Set(values).size < values.length;
}

const serialization = (message: string): AwsError => new AwsError('SerializationException', message);

/** What the front door of AWS says of JSON of the wrong kind. `wanted`: a Java class name, or list, map, structure. */
export function unexpected(content: unknown, wanted: string): AwsError {
  if (Array.isArray(content)) return serialization('Start of list found where not expected');
  if (typeof content === 'object' && content !== null)
    return serialization('Start of structure or map found where not expected.');
  if (wanted === 'list' || wanted === 'map' || wanted === 'structure')
    return serialization(`Unexpected field type: expected a ${wanted}`);
  const token = { string: 'STRING_VALUE', number: 'NUMBER_VALUE', boolean: content ? 'TRUE_VALUE' : 'FALSE_VALUE' };
  return serialization(`${token[typeof content as 'string'] ?? 'NULL_VALUE'} cannot be converted to ${wanted}`);
}
