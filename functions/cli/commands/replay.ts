import { canonicalType, catalogue, type EventType, eventTypes } from '../../application/catalogue';
import { type ReplayChoice, type Replayed, replay } from '../../application/replay/replay';
import { isSubscriber, type Subscriber, subscribers } from '../../application/replay/subscribers';
import { type Command, UsageError } from '../command';
import { columns } from '../format/columns';
import { checkStream, sinceOf } from '../values';

const known = Object.keys(subscribers).join(', ');

/** As EventBridge names replays (API reference, StartReplay). */
const NAME = /^[.\-_A-Za-z0-9]{1,64}$/;

export const replayCommand: Command = {
  name: 'replay',
  summary: 'send facts once more, to one subscriber',
  options: {
    to: { value: '<subscriber>', help: `one of ${known}` },
    type: { value: '<type>', help: 'only of this type' },
    stream: { value: '<stream>', help: 'only of this stream' },
    since: { value: '<time|ago>', help: 'only what was recorded then or later: a time, or 15m, 2h, 7d ago' },
    until: { value: '<time|ago>', help: 'only what was recorded then or before' },
    name: {
      value: '<text>',
      help: 'of the replay, for the subscriber: it stands in each as replay-name (replay-<time>)',
    },
    'dry-run': { help: 'only count what would be sent' },
  },
  notes: [
    'They are made of the Events table as it stands, so a fact that was published under older code comes in its form of today.',
    'They go to the queue of the subscriber, those of a stream in order; nothing goes on the bus, nobody else hears of it.',
    'Only what it has subscribed to is sent. Without --stream the Events table is read once.',
  ],
  prepare({ options, switches }) {
    const to = subscriberIn(options.to);
    const type = typeIn(options.type);
    const { stream, name: given } = options;
    if (stream !== undefined) checkStream(stream);
    checkSubscribed(to, stream ?? (type && `${catalogue[type].aggregate}#`));
    if (given !== undefined && !NAME.test(given))
      throw new UsageError(`--name is "${given}"; 1 to 64 letters, digits, dots, hyphens and underscores`);
    // Understood now, so that a slip is told before anything is asked for.
    sinceOf(options.since, new Date(0));
    sinceOf(options.until, new Date(0), '--until');
    const dryRun = switches.has('dry-run');
    return async ({ replay: ports, effects }, terminal) => {
      const now = effects.now();
      const since = sinceOf(options.since, now);
      const until = sinceOf(options.until, now, '--until');
      const choice: ReplayChoice = {
        ...(type !== undefined && { type }),
        ...(stream !== undefined && { stream }),
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
      };
      const name = given ?? `replay-${now.toISOString().replace(/[:.]/g, '-')}`;
      const done = await replay(ports, choice, { to, name, dryRun }, (far) =>
        terminal.progress(
          `${counted(far.read)} of about ${counted(far.about ?? far.read)} events read, ${counted(far.chosen)} chosen, ${counted(far.sent)} sent`,
        ),
      );
      return { text: textOf(done, { to, name, dryRun }), json: { to, name, choice, dryRun, ...done } };
    };
  },
};

function subscriberIn(name: string | undefined): Subscriber {
  if (name === undefined) throw new UsageError(`--to is missing: one of ${known}`);
  if (!isSubscriber(name))
    throw new UsageError(`--to is "${name}", which has no queue to send to; there are: ${known}`);
  return name;
}

function checkSubscribed(to: Subscriber, streams: string | undefined): void {
  const { streams: taken } = subscribers[to];
  if (streams !== undefined && !streams.startsWith(taken))
    throw new UsageError(`${to} has not subscribed to facts of ${streams}, only to those of ${taken}…`);
}

function typeIn(name: string | undefined): EventType | undefined {
  if (name === undefined) return undefined;
  const type = canonicalType(name);
  if (!type) throw new UsageError(`--type is "${name}"; one of ${eventTypes.join(', ')}`);
  return type;
}

type What = { readonly to: Subscriber; readonly name: string; readonly dryRun: boolean };

function textOf({ read, chosen, facts }: Replayed, { to, name, dryRun }: What): string {
  if (chosen === 0) return `nothing was chosen of ${counted(read)} events: nothing ${dryRun ? 'would be' : 'was'} sent`;
  const types = Object.entries(facts).sort(([one], [other]) => (one < other ? -1 : 1));
  const lines = columns(
    types.map(([type, count]) => [type, counted(count ?? 0)]),
    new Set([1]),
  );
  const sum = `${counted(chosen)} of ${counted(read)} events ${dryRun ? 'would be sent' : 'sent'} to ${to} as ${name}`;
  return `${lines}\n\n${sum}`;
}

const counted = (count: number): string => count.toLocaleString('en');
