import { type Projector, projectors } from '../../application/dead-letters/queues';
import { type CaughtUp, catchUp } from '../../application/replay/catch-up';
import { type Command, UsageError } from '../command';
import { columns } from '../format/columns';
import { sinceOf } from '../values';

export const catchUpCommand: Command = {
  name: 'catch-up',
  summary: 'have read models and feed take up again what was recorded since some time',
  options: {
    since: { value: '<time|ago>', help: 'what was recorded then or later: a time, or 15m, 2h, 7d ago' },
    projector: { value: '<name>', help: `only one of ${projectors.join(', ')}` },
  },
  notes: [
    'For after an outage that outlasted the stream (a day): what a projector has passed already it passes over, what it has not it',
    'takes up. The feed gets every event, and puts its fact on the bus again, under the same id; the views get each stream once.',
    'Reads the Events table once. Twice does no harm.',
  ],
  prepare({ options }) {
    if (options.since === undefined) throw new UsageError('--since is missing: a time, or how long ago, such as 7d');
    // Understood now, so that a slip is told before anything is asked for.
    sinceOf(options.since, new Date(0));
    const chosen = projectorsIn(options.projector);
    return async ({ letters, effects }, terminal) => {
      const since = sinceOf(options.since, effects.now())!;
      const done = await catchUp(letters, { projectors: chosen, spans: [{ since }] }, (far) =>
        terminal.progress(
          `${counted(far.read)} of about ${counted(far.about)} events read, ${counted(far.events)} chosen`,
        ),
      );
      return { text: textOf(done, chosen, since), json: { since, projectors: chosen, ...done } };
    };
  },
};

function projectorsIn(name: string | undefined): readonly Projector[] {
  if (name === undefined) return projectors;
  const one = projectors.find((projector) => projector === name);
  if (!one) throw new UsageError(`--projector is "${name}"; one of ${projectors.join(', ')}`);
  return [one];
}

function textOf({ read, events, streams, sent }: CaughtUp, chosen: readonly Projector[], since: string): string {
  if (events === 0) return `none of ${counted(read)} events was recorded since ${since}: nothing to catch up with`;
  const all = `${counted(events)} of ${counted(read)} events, in ${counted(streams)} streams, were recorded since ${since}`;
  const what = { views: 'streams', feed: 'events' } as const;
  const lines = columns(
    chosen.map((one) => [`project-${one}`, counted(sent[one]), what[one]]),
    new Set([1]),
  );
  return `${all}\n\nsent again\n${lines}\n\nThey are taken up within moments; orderstream dlq shows what could not be`;
}

const counted = (count: number): string => count.toLocaleString('en');
