import { refuseUnknown } from '../../../core/aws-error';
import type { Alias, FunctionRecord } from '../function-record';
import { configOf, notFound } from '../functions';
import { constraint, invalidParameter } from './errors';

type RoutingConfig = { readonly AdditionalVersionWeights?: Readonly<Record<string, unknown>> };

/**
 * The weights of an alias for `version`: those of `routing`, or those it has when that is not given; none when there is
 * nothing in it. Lambda lets an alias point to two versions, which have to be published and to share role and
 * dead-letter queue. https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
 */
export function weightsOf(
  at: string,
  record: FunctionRecord,
  version: string,
  routing: RoutingConfig | undefined,
  before?: Alias['weights'],
): Pick<Alias, 'weights'> {
  refuseUnknown(`${at}: RoutingConfig`, routing ?? {}, ['AdditionalVersionWeights']);
  const weights = routing ? (routing.AdditionalVersionWeights ?? {}) : (before ?? {});
  const entries = Object.entries(weights);
  if (entries.length === 0) return {};
  if (entries.length > 1) {
    throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
  const [other, weight] = entries[0]!;
  check(record, version, other, weight);
  return { weights: { [other]: weight as number } };
}

function check(record: FunctionRecord, version: string, other: string, weight: unknown): void {
  if (!/^\d+$/.test(other)) {
    throw constraint(
      { [other]: weight },
      'routingConfig.additionalVersionWeights',
      'Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]',
    );
  }
  if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1)) {
    throw constraint(
      { [other]: weight },
      'routingConfig.additionalVersionWeights',
      'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
    );
  }
  if (other === version) {
    throw invalidParameter(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  if (version === '$LATEST') {
    throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version');
  }
  const [main, additional] = [configOf(record, version), configOf(record, other)];
  if (!main || !additional) throw notFound(`${record.arn}:${other}`);
  if (main.role !== additional.role || main.deadLetterArn !== additional.deadLetterArn) {
    throw invalidParameter('The versions of an alias must have the same execution role and dead-letter queue.');
  }
}
