import { bounded } from '../../application/read-models/bounded';
import { type Redriven, redriveStream } from '../../projections/redrive';
import { type Answer, type Command, type Given, UsageError } from '../command';
import { rowChanges } from '../format/row-changes';
import type { Operations } from '../operations';
import { checkStream } from '../values';

/** Streams at a time. */
const WIDTH = 8;

type Failure = { readonly stream: string; readonly error: string };

export const redrive: Command = {
  name: 'redrive',
  summary: 'fold faulted rows on from the event table, and clear their faults',
  words: ['[<stream>]'],
  options: {
    projection: { value: '<name>', help: 'every faulted row of this projection' },
    all: { help: 'every faulted row' },
    'dry-run': { help: 'only show each row before and after' },
  },
  notes: [
    'Goes by the folds and upcasters of this checkout: check out the release that is deployed. A fault is cleared only when all',
    'that was seen behind it is in the row; a row that comes to another such event stands before that one, which is progress.',
    'Exit code 1: something is still faulty, or, with --dry-run, would be.',
  ],
  prepare(given) {
    const wanted = wantedBy(given);
    const dryRun = given.switches.has('dry-run');
    return async ({ faults }, terminal) => {
      const streams = await streamsOf(faults, wanted);
      const redriven: Redriven[] = [];
      const failed: Failure[] = [];
      let done = 0;
      await bounded(WIDTH, streams, async (stream) => {
        try {
          redriven.push(...(await redriveStream(faults, stream, { dryRun })));
        } catch (error) {
          failed.push({ stream, error: error instanceof Error ? error.message : String(error) });
        }
        done += 1;
        if (streams.length > 1) terminal.progress(`${done} of ${streams.length} streams`);
      });
      return answer(wanted, redriven.toSorted(byStream), failed.toSorted(byStream), dryRun);
    };
  },
};

type Wanted = { readonly stream?: string; readonly projection?: string };

function wantedBy({ words: [stream], options: { projection }, switches }: Given): Wanted {
  const ways = [stream !== undefined, projection !== undefined, switches.has('all')].filter(Boolean).length;
  if (ways !== 1) throw new UsageError('say what is to be redriven: a stream, --projection <name> or --all');
  if (stream !== undefined) checkStream(stream);
  return { ...(stream !== undefined && { stream }), ...(projection !== undefined && { projection }) };
}

async function streamsOf(ports: Operations['faults'], { stream, projection }: Wanted): Promise<readonly string[]> {
  if (stream !== undefined) return [stream];
  const names = [...new Set(ports.projections.map(({ name }) => name))];
  if (projection !== undefined && !names.includes(projection))
    throw new UsageError(`there is no projection "${projection}"; one of ${names.join(', ')}`);
  const prefix = ports.projections.find(({ name }) => name === projection)?.prefix ?? '';
  const streams = new Set<string>();
  for await (const found of ports.lists.faultedStreams()) if (found.startsWith(prefix)) streams.add(found);
  return [...streams];
}

function answer(wanted: Wanted, redriven: readonly Redriven[], failed: readonly Failure[], dryRun: boolean): Answer {
  const faulty = redriven.filter(({ outcome }) => outcome !== 'cleared').length + failed.length;
  const json = { ok: faulty === 0, dryRun, redriven, failed };
  if (redriven.length + failed.length === 0) {
    const name = wanted.stream ?? wanted.projection;
    return { text: name === undefined ? 'nothing is faulted' : `${name} has no fault`, json };
  }
  const parts = [
    ...redriven.map((one) => rowText(one, dryRun, redriven.some(isSibling(one)))),
    ...failed.map(({ stream, error }) => `${stream}: ${error}`),
  ];
  const repaired = redriven.length + failed.length - faulty;
  const next = dryRun && repaired > 0 ? ['nothing has been written: the same without --dry-run does it'] : [];
  const sum =
    parts.length > 1 ? [`${repaired} ${dryRun ? 'would be repaired' : 'repaired'}, ${faulty} still faulty`] : [];
  return { text: [...parts, ...sum, ...next].join('\n\n'), json, ...(faulty > 0 && { bad: true }) };
}

/** A stream's row in another generation. */
const isSibling =
  (one: Redriven) =>
  (other: Redriven): boolean =>
    other !== one && other.stream === one.stream;

function rowText(redriven: Redriven, dryRun: boolean, hasSiblings: boolean): string {
  const { projection, stream, generation, outcome, before, after } = redriven;
  const where = [projection, ...(hasSiblings ? [`generation ${generation}`] : []), stream].join('  ');
  const changes = outcome === 'cleared' || outcome === 'moved' ? rowChanges(before, after) : '';
  return `${where}: ${verdict(redriven, dryRun)}${changes === '' ? '' : `\n${changes}`}`;
}

function verdict({ outcome, before, after, error = '' }: Redriven, dryRun: boolean): string {
  const { version } = before.fault;
  switch (outcome) {
    case 'cleared':
      return dryRun ? 'would be repaired' : 'repaired';
    case 'moved':
      return `${dryRun ? 'would pass' : 'has passed'} version ${version}, but not ${after.fault?.version}: ${error}`;
    case 'stands':
      return `still faulty at version ${version}: ${error}`;
    case 'short':
      return `still faulty at version ${version}, since events are gone: ${error}`;
    case 'refused':
      return `still faulty at version ${version}, since the row cannot be written: ${error}`;
  }
}

const byStream = (one: { readonly stream: string }, other: { readonly stream: string }): number =>
  one.stream < other.stream ? -1 : one.stream > other.stream ? 1 : 0;
