import { AwsError } from '../../../core/aws-error';
import { ResourceFault, type ResourceHandler } from '../resources/handler';
import type { StackResource } from './stack';

/**
 * Refuses properties that AWS refuses, in its words, and those that are not honoured here, by name. Throws what becomes
 * the resource's failure.
 */
export function checkProperties(
  { properties: honoured, refused, required = [] }: ResourceHandler,
  { logicalId, type, properties }: Pick<StackResource, 'logicalId' | 'type' | 'properties'>,
): void {
  if (honoured === 'any') return;
  const unknown = Object.keys(properties).filter((name) => !honoured.includes(name));
  const missing = required.filter((name) => properties[name] === undefined);
  const wrong = [
    ...missing.map((name) => `#: required key [${name}] not found`),
    ...unknown
      .filter((name) => refused !== undefined && !refused.includes(name))
      .map((name) => `#: extraneous key [${name}] is not permitted`),
  ];
  if (wrong.length > 0) {
    throw new ResourceFault(
      `Properties validation failed for resource ${logicalId} with message:\n${wrong.join('\n')}`,
    );
  }
  if (unknown.length > 0) throw notHere(`${type}: ${unknown.join(', ')}`);
}

export const notHere = (what: string) =>
  new AwsError(
    'NotImplemented',
    `${what} is not implemented by the local cloud (docs/parity/cloudformation.md lists what is).`,
  );
