import { createHash } from 'node:crypto';
import type { MessageAttributes } from './message';

export const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * The digest that SDKs check: attributes by name; of each its name, its type, one byte for the transport type (1 for
 * strings and numbers, 2 for binary) and its value, all with their lengths before them.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash('md5');
  const add = (value: string | Buffer) => {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType, StringValue = '', BinaryValue = '' } = attributes[name] as MessageAttributes[string];
    const binary = DataType.startsWith('Binary');
    add(name);
    add(DataType);
    hash.update(Buffer.of(binary ? 2 : 1));
    add(binary ? Buffer.from(BinaryValue, 'base64') : StringValue);
  }
  return hash.digest('hex');
}
