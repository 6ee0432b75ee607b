import { AwsError, notImplemented, refuseUnknown } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import { EVENTS } from './change';

export type FilterRule = { readonly Name: string; readonly Value: string };

export type Destination = {
  readonly Id: string;
  /** `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`, … */
  readonly Events: readonly string[];
  readonly Filter?: { readonly Key?: { readonly FilterRules?: readonly FilterRule[] } };
  readonly LambdaFunctionArn?: string;
  readonly QueueArn?: string;
  readonly TopicArn?: string;
};

/** As the SDK has it. */
export type NotificationConfiguration = {
  readonly LambdaFunctionConfigurations?: readonly Destination[];
  readonly QueueConfigurations?: readonly Destination[];
  readonly TopicConfigurations?: readonly Destination[];
  readonly EventBridgeConfiguration?: object;
};

export const destinationsOf = (configuration: NotificationConfiguration): Destination[] => [
  ...(configuration.LambdaFunctionConfigurations ?? []),
  ...(configuration.QueueConfigurations ?? []),
  ...(configuration.TopicConfigurations ?? []),
];

export const arnOf = ({ LambdaFunctionArn, QueueArn, TopicArn }: Destination): string =>
  LambdaFunctionArn ?? QueueArn ?? TopicArn ?? '';

/** Whether this destination hears of `event` (without `s3:`) on `key`. */
export function hears(destination: Destination, event: string, key: string): boolean {
  const { prefix, suffix } = filterOf(destination);
  return eventsOf(destination).includes(event) && key.startsWith(prefix) && key.endsWith(suffix);
}

/** A configuration with an id for each destination. Throws `InvalidArgument`, or names what cannot be notified here. */
export function readConfiguration(given: Readonly<Record<string, unknown>>): NotificationConfiguration {
  const at = 'PutBucketNotificationConfiguration';
  refuseUnknown(at, given, [
    'LambdaFunctionConfigurations',
    'QueueConfigurations',
    'TopicConfigurations',
    'EventBridgeConfiguration',
  ]);
  const read = (name: keyof NotificationConfiguration, arn: 'LambdaFunctionArn' | 'QueueArn' | 'TopicArn') => {
    const destinations = (given[name] ?? []) as Destination[];
    return destinations.map((destination) => {
      refuseUnknown(`${at}: ${name}`, destination, ['Id', 'Events', 'Filter', arn]);
      if (!destination[arn]) throw invalid('The ARN is not well formed', arn, '');
      return { ...destination, Id: destination.Id ?? uuid() };
    });
  };
  const configuration: NotificationConfiguration = {
    LambdaFunctionConfigurations: read('LambdaFunctionConfigurations', 'LambdaFunctionArn'),
    QueueConfigurations: read('QueueConfigurations', 'QueueArn'),
    TopicConfigurations: read('TopicConfigurations', 'TopicArn'),
    ...(given.EventBridgeConfiguration !== undefined && { EventBridgeConfiguration: {} }),
  };
  const destinations = destinationsOf(configuration);
  for (const destination of destinations) checkDestination(destination);
  checkOverlaps(destinations);
  return configuration;
}

function checkDestination({ Events = [], Filter }: Destination): void {
  if (Events.length === 0) throw invalid('A notification configuration needs at least one event', 'Event', '');
  for (const event of Events) {
    if (!event.startsWith('s3:'))
      throw invalid(`The event '${event}' is not supported for notifications`, 'Event', event);
    if (expand(event).length === 0) throw notImplemented(`PutBucketNotificationConfiguration: the event ${event}`);
  }
  const names = (Filter?.Key?.FilterRules ?? []).map(({ Name }) => Name.toLowerCase());
  for (const name of names) {
    if (name !== 'prefix' && name !== 'suffix') {
      throw invalid('filter rule name must be either prefix or suffix', 'FilterRule.Name', name);
    }
  }
  if (new Set(names).size !== names.length) {
    throw invalid('Cannot specify more than one prefix rule or suffix rule in a filter.', 'FilterRule.Name', names[0]!);
  }
}

/** No event may be for two destinations. */
function checkOverlaps(destinations: readonly Destination[]): void {
  for (const [index, one] of destinations.entries()) {
    for (const other of destinations.slice(index + 1)) {
      const [a, b] = [filterOf(one), filterOf(other)];
      const both = eventsOf(one).some((event) => eventsOf(other).includes(event));
      const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
      const suffixes = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix);
      if (both && prefixes && suffixes) {
        throw new AwsError(
          'InvalidArgument',
          'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.',
        );
      }
    }
  }
}

const eventsOf = ({ Events }: Destination): string[] => Events.flatMap(expand);

/** `s3:ObjectCreated:*` as the events that it stands for. */
function expand(event: string): string[] {
  const name = event.slice('s3:'.length);
  return EVENTS.filter((known) => known === name || (name.endsWith(':*') && known.startsWith(name.slice(0, -1))));
}

function filterOf({ Filter }: Destination): { prefix: string; suffix: string } {
  const value = (wanted: string) =>
    Filter?.Key?.FilterRules?.find(({ Name }) => Name.toLowerCase() === wanted)?.Value ?? '';
  return { prefix: value('prefix'), suffix: value('suffix') };
}

const invalid = (message: string, name: string, value: string) =>
  new AwsError('InvalidArgument', message, { fields: { ArgumentName: name, ArgumentValue: value } });
