import { notImplemented } from '../../core/aws-error';
import { invalidParameter } from './errors';
import { checkFilterPolicy, SCOPES } from './filter-policy';
import { isQueueArn, type Protocol, type SubscriptionRecord } from './subscription-record';

/** What SNS has besides: for endpoints that are not here, and the archive of FIFO topics. */
const KNOWN = ['DeliveryPolicy', 'SubscriptionRoleArn', 'ReplayPolicy'];

/**
 * Attributes of a subscription after a change. `at`: how messages of the operation begin. Throws `InvalidParameter`, and
 * names what is not honoured here.
 */
export function changedAttributes(
  at: '' | 'Attributes Reason: ',
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>>,
  { protocol, fifo }: { readonly protocol: Protocol; readonly fifo: boolean },
): Record<string, string> {
  const attributes: Record<string, string> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    switch (name) {
      case 'RawMessageDelivery':
        if (!/^(true|false)$/i.test(value)) {
          throw invalidParameter(`${at}RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
        }
        if (protocol !== 'sqs' && /true/i.test(value)) {
          throw invalidParameter(
            `${at}RawMessageDelivery: Delivery protocol [${protocol}] does not support raw message delivery.`,
          );
        }
        attributes[name] = value.toLowerCase();
        break;
      case 'FilterPolicyScope':
        if (!SCOPES.includes(value)) {
          throw invalidParameter(
            `${at}FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
          );
        }
        attributes[name] = value;
        break;
      case 'FilterPolicy':
        // `{}` takes the policy away.
        if (value === '' || /^\s*\{\s*\}\s*$/.test(value)) delete attributes[name];
        else attributes[name] = value;
        break;
      case 'RedrivePolicy':
        if (value === '') delete attributes[name];
        else {
          checkRedrivePolicy(at, value, fifo);
          attributes[name] = value;
        }
        break;
      default:
        if (KNOWN.includes(name)) throw notImplemented(`sns: ${name} of a subscription`);
        throw invalidParameter(at === '' ? 'AttributeName' : `${at}Unknown attribute ${name}`);
    }
  }
  const { FilterPolicy, FilterPolicyScope = 'MessageAttributes' } = attributes;
  if (FilterPolicy !== undefined) checkFilterPolicy(FilterPolicy, FilterPolicyScope, at);
  return attributes;
}

function checkRedrivePolicy(at: string, text: string, fifo: boolean): void {
  let queue: unknown;
  try {
    queue = (JSON.parse(text) as { deadLetterTargetArn?: unknown }).deadLetterTargetArn;
  } catch {
    throw invalidParameter(`${at}RedrivePolicy: failed to parse JSON.`);
  }
  if (typeof queue !== 'string' || !isQueueArn(queue)) {
    throw invalidParameter(`${at}RedrivePolicy: deadLetterTargetArn is an invalid arn`);
  }
  if (fifo && !queue.endsWith('.fifo')) {
    throw invalidParameter(`${at}RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.`);
  }
}

/** As `GetSubscriptionAttributes` shows them. */
export function shownSubscription({
  arn,
  topicArn,
  protocol,
  endpoint,
  owner,
  principal,
  attributes,
}: SubscriptionRecord): Record<string, string> {
  const { FilterPolicyScope = 'MessageAttributes', ...rest } = attributes;
  return {
    SubscriptionArn: arn,
    TopicArn: topicArn,
    Protocol: protocol,
    Endpoint: endpoint,
    Owner: owner,
    SubscriptionPrincipal: principal,
    PendingConfirmation: 'false',
    ConfirmationWasAuthenticated: 'true',
    RawMessageDelivery: 'false',
    ...rest,
    ...(rest.FilterPolicy !== undefined && { FilterPolicyScope }),
  };
}
