import { type Capacity, capacityOf, LEAST_RUNS, type Load } from '../../application/queueing/capacity';
import { bounded } from '../../application/read-models/bounded';
import { type Command, Refusal, UsageError } from '../command';
import { type Column, table } from '../format/columns';
import { sinceOf } from '../values';

/** Functions whose logs are read at a time: FilterLogEvents has a quota of a few calls a second. */
const WIDTH = 4;

export const capacity: Command = {
  name: 'capacity',
  summary: 'how much each function has to do, and whether it can: load, queue, wait',
  words: ['[<function>]'],
  options: {
    since: { value: '<15m>', help: 'how far back runs are counted (15m)' },
    servers: { value: '<n>', help: 'reckon with so many at a time; default: what Lambda allows' },
    'target-wait': {
      value: '<100ms>',
      help: 'how long a run may wait, on average (100ms): how many are needed for that',
    },
  },
  notes: [
    'By the lines that Lambda writes behind each run: arrivals per second, time of a run, and what follows for so many that run',
    'at a time (M/M/c, Erlang C; docs/monitoring.md). ρ is the part of their time that they are busy: at 1 and above it is',
    'unstable, and the queue grows as long as that lasts. What is in its queue is drained in full batches, beside what arrives.',
  ],
  prepare({ words: [only], options }) {
    const servers = options.servers === undefined ? undefined : serversIn(options.servers);
    const targetWaitMs = options['target-wait'] === undefined ? 100 : millisecondsIn(options['target-wait']);
    const since = options.since ?? '15m';
    sinceOf(since, new Date(0));
    return async ({ functions, stage, effects }) => {
      const now = effects.now();
      const windowMs = now.getTime() - Date.parse(sinceOf(since, now)!);
      if (!(windowMs > 0)) throw new Refusal(`--since ${since} has not come yet`);
      const all = await functions.all(stage);
      const wanted = only === undefined ? all : all.filter(({ name }) => name === only);
      if (wanted.length === 0)
        throw new Refusal(
          all.length === 0
            ? `stage ${stage} has no functions: npx cdk deploy --all -c stage=${stage} deploys them`
            : `there is no function "${only}"; there are: ${all.map(({ name }) => name).join(', ')}`,
        );
      const measured = await bounded(WIDTH, wanted, async (deployed) => {
        const asked =
          servers === undefined ? deployed : { ...deployed, servers: { count: servers, by: 'given' as const } };
        return capacityOf(asked, await functions.runs(deployed, windowMs), targetWaitMs);
      });
      const found = [...measured].sort((a, b) => (a.function < b.function ? -1 : 1));
      const unstable = found.filter(({ load }) => load?.kind === 'unstable');
      return {
        text: [shown(found, targetWaitMs), ...advice(found, since, targetWaitMs)].join('\n\n'),
        json: { since, targetWaitMs, functions: found },
        bad: unstable.length > 0,
      };
    };
  },
};

function shown(found: readonly Capacity[], targetWaitMs: number): string {
  const right = (title: string): Column => ({ title, right: true });
  return table(
    [
      { title: 'function' },
      ...['runs', 'per s', 'run ms', 'at a time'].map(right),
      { title: 'by' },
      ...['ρ', 'waiting', 'wait', 'in queue', 'drained in', `for ${duration(targetWaitMs)}`].map(right),
    ],
    found.map(({ function: name, runs, servers, queues, load }) => [
      name,
      `${runs}`,
      ...(load ? [figure(load.arrivalRate), figure(load.serviceMs)] : ['', '']),
      `${servers.count}`,
      servers.by,
      ...(load ? loadCells(load) : ['too few', '', '']),
      queues.length === 0 ? '' : `${queues.reduce((sum, { messages }) => sum + messages, 0)}`,
      load && queues.length > 0 ? (load.drainMs === undefined ? 'never' : duration(load.drainMs)) : '',
      load ? `${load.needed}` : '',
    ]),
  );
}

const loadCells = ({ utilisation, kind, waiting = 0, waitMs = 0 }: Load): string[] =>
  kind === 'unstable'
    ? [figure(utilisation), 'unstable', 'grows']
    : [figure(utilisation), figure(waiting), duration(waitMs)];

/** What to do next, where there is something to do. */
function advice(found: readonly Capacity[], since: string, targetWaitMs: number): string[] {
  const lines = found.flatMap(({ function: name, load, servers }) =>
    load && load.needed > servers.count
      ? [
          `${name} ${load.kind === 'unstable' ? 'gets more than it can do' : `waits longer than ${duration(targetWaitMs)}`}: let ${load.needed} run at a time (it has ${servers.count}, by ${servers.by}), or shorten its runs`,
        ]
      : [],
  );
  const few = found.filter(({ load }) => !load).length;
  const note = `too few: less than ${LEAST_RUNS} runs in ${since}, which say nothing of a mean; --since 2h looks further back`;
  return [...(lines.length > 0 ? [lines.join('\n')] : []), ...(few > 0 ? [note] : [])];
}

function serversIn(text: string): number {
  const servers = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (servers >= 1) return servers;
  throw new UsageError(`--servers is "${text}"; a whole number, 1 to 99999`);
}

function millisecondsIn(text: string): number {
  const [, count, unit] = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(count) * (unit === 'ms' ? 1 : unit === 's' ? 1_000 : 60_000);
  if (milliseconds > 0) return milliseconds;
  throw new UsageError(`--target-wait is "${text}"; a time above 0, such as 100ms, 2s, 1m`);
}

/** Three digits that count. */
const figure = (value: number): string =>
  value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value < 0.001 ? '<0.001' : `${Number(value.toPrecision(3))}`;

function duration(ms: number): string {
  if (ms < 1_000) return `${figure(ms)} ms`;
  if (ms < 120_000) return `${figure(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${figure(ms / 60_000)} min` : `${figure(ms / 3_600_000)} h`;
}
