import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ViewRow } from '../../application/read-models/rows';

const noRow = 'attribute_not_exists(pk)';
const sameVersion = '#version = :version';
const noFault = 'attribute_not_exists(#fault)';
const sameFault = '#fault.#seen = :seen';

/** The condition that the row still stands as it was read. A fault that is repaired or has seen more is another row. */
export function unchangedSince(before: ViewRow | undefined): {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
} {
  if (before === undefined) return { ConditionExpression: noRow };
  const version = { ':version': { N: String(before.version) } };
  if (before.fault === undefined) {
    return {
      ConditionExpression: `${sameVersion} AND ${noFault}`,
      ExpressionAttributeNames: { '#version': 'version', '#fault': 'fault' },
      ExpressionAttributeValues: version,
    };
  }
  return {
    ConditionExpression: `${sameVersion} AND ${sameFault}`,
    ExpressionAttributeNames: { '#version': 'version', '#fault': 'fault', '#seen': 'seen' },
    ExpressionAttributeValues: { ...version, ':seen': { N: String(before.fault.seen) } },
  };
}
