import { AwsError } from '../../../core/aws-error';
import { validationError } from '../errors';
import type { AttributeValue } from '../values/attribute-value';
import { readValue, unexpected } from '../values/read-value';
import type { Path, PathStep } from './ast';
import { ExpressionError } from './expression-error';

const NAME = /^#[0-9a-zA-Z_]+$/;
const VALUE = /^:[0-9a-zA-Z_]+$/;

type Input = {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
};

/** The `#names` and `:values` of one request, and which of them its expressions have used. */
export class Placeholders {
  readonly #names: Record<string, string>;
  readonly #values: Record<string, AttributeValue>;
  readonly #used = new Set<string>();

  constructor(request: object) {
    const input = request as Input;
    this.#names = readNames(input.ExpressionAttributeNames);
    this.#values = readValues(input.ExpressionAttributeValues);
  }

  /** A path with its placeholders replaced by the names that they stand for. */
  path(path: Path): Path {
    for (const step of path) {
      if (typeof step === 'string' && step.startsWith('#')) return path.map((each) => this.#step(each));
    }
    return path;
  }

  value(name: string): AttributeValue {
    if (!Object.hasOwn(this.#values, name))
      throw new ExpressionError(
        `An expression attribute value used in expression is not defined; attribute value: ${name}`,
      );
    this.#used.add(name);
    return this.#values[name] as AttributeValue;
  }

  #step(step: PathStep): PathStep {
    if (typeof step !== 'string' || !step.startsWith('#')) return step;
    if (!Object.hasOwn(this.#names, step))
      throw new ExpressionError(
        `An expression attribute name used in the document path is not defined; attribute name: ${step}`,
      );
    this.#used.add(step);
    return this.#names[step] as string;
  }

  /** Throws when a name or value was given that no expression uses. */
  assertAllUsed(): void {
    const names = this.#unused(this.#names);
    if (names)
      throw validationError(`Value provided in ExpressionAttributeNames unused in expressions: keys: {${names}}`);
    const values = this.#unused(this.#values);
    if (values)
      throw validationError(`Value provided in ExpressionAttributeValues unused in expressions: keys: {${values}}`);
  }

  #unused(given: Record<string, unknown>): string {
    let unused = '';
    for (const name in given) if (!this.#used.has(name)) unused += unused === '' ? name : `, ${name}`;
    return unused;
  }
}

const NOTHING = {};

function readNames(names: Record<string, string> | undefined): Record<string, string> {
  if (names === undefined) return NOTHING;
  const keys = Object.keys(names);
  if (keys.length === 0) throw validationError('ExpressionAttributeNames must not be empty');
  for (const key of keys) {
    if (!NAME.test(key))
      throw validationError(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    if (typeof names[key] !== 'string') throw unexpected(names[key], 'String');
    if (names[key] === '')
      throw validationError(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${key}`);
  }
  return names;
}

function readValues(values: Record<string, unknown> | undefined): Record<string, AttributeValue> {
  if (values === undefined) return NOTHING;
  const keys = Object.keys(values);
  if (keys.length === 0) throw validationError('ExpressionAttributeValues must not be empty');
  const read: Record<string, AttributeValue> = {};
  for (const key of keys) {
    if (!VALUE.test(key))
      throw validationError(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    try {
      read[key] = readValue(values[key]);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
      throw validationError(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`);
    }
  }
  return read;
}
