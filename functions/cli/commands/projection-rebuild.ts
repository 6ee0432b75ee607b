import { type Generation, type Generations, generationOf } from '../../application/read-models/generations';
import { beginRebuild, MOST_SEGMENTS, pointerOf, type RebuildWish } from '../../application/rebuild/begin-rebuild';
import { type Diff, worse } from '../../application/rebuild/diff';
import { statusOf } from '../../application/rebuild/status';
import { type Command, Refusal, UsageError } from '../command';
import { diffText, workLine } from '../format/generations';
import { difference, numberOption, refusing, switchedAnswer, targetOf } from '../generations';
import type { Rebuilds } from '../rebuilds';
import type { Terminal } from '../terminal';
import { limitOf, timeIn } from '../values';

/** Between two looks at a rebuild. */
const LOOK_MS = 1_000;

export const projectionRebuild: Command = {
  name: 'projection rebuild',
  summary: 'build a read model anew beside the one that is read',
  words: ['<name>'],
  options: {
    'as-of': { value: '<time>', help: 'as it was known then, by the times of recording; it follows no later events' },
    revision: { value: '<n>', help: 'by this revision of the fold; if nothing is said, the newest' },
    segments: { value: '<n>', help: `read the event table in so many parts, 1 to ${MOST_SEGMENTS}` },
    'no-wait': { help: 'only begin it: projection status shows how far it is' },
    switch: { help: 'show it to readers when it is complete, unless rows are missing or newly faulted' },
    limit: { value: '<n>', help: 'differences to show (20)' },
  },
  notes: [
    'Deploy the fold first: the functions that run must have the revision. Readers go on with the live generation; every new',
    'event goes into both. One that has stopped is resumed by the same command. What is there of the feed is written anew in place.',
  ],
  prepare({ words: [name = ''], options, switches }) {
    const limit = limitOf(options.limit);
    const asOf = asOfIn(options['as-of']);
    if (asOf !== undefined && switches.has('switch'))
      throw new UsageError('--switch does not go with --as-of: its readers would never see a later event');
    if (switches.has('no-wait') && switches.has('switch'))
      throw new UsageError('--switch does not go with --no-wait: it waits until the generation is complete');
    const wish: RebuildWish = {
      ...(asOf !== undefined && { asOf }),
      ...numberOption(options, 'revision'),
      ...numberOption(options, 'segments', MOST_SEGMENTS),
    };
    return ({ rebuilds }, terminal) =>
      refusing(async () => {
        const target = targetOf(rebuilds, name);
        const { generation, segments, resumed } = await beginRebuild(rebuilds, target, wish);
        const json = { projection: name, generation, segments, resumed };
        if (switches.has('no-wait')) {
          const begun = `${resumed ? 'resumed' : 'begun'}: generation ${generation.number} of ${name}, in ${segments} parts`;
          return { text: `${begun}\norderstream projection status ${name} shows how far it is`, json };
        }
        const pointer = await untilComplete(rebuilds, name, generation.number, terminal);
        const done = { ...json, generation: { ...generation, complete: true } };
        if (target.inPlace) return { text: `${name} is written anew`, json: done };
        if (asOf !== undefined) return { text: pastText(name, generation, asOf), json: done };
        const found = await difference(rebuilds, target, pointer, generation.number, limit, terminal);
        if (switches.has('switch')) return switchedAnswer(rebuilds, pointer, generation.number, found, false);
        return { text: nextText(pointer, generation.number, found), json: { ...done, ...(found && { diff: found }) } };
      });
  },
};

function asOfIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = timeIn(text);
  if (time !== undefined) return time;
  throw new UsageError(`--as-of is "${text}"; a time such as 2026-01-31T12:00:00Z`);
}

async function untilComplete(
  rebuilds: Rebuilds,
  name: string,
  number: number,
  terminal: Terminal,
): Promise<Generations> {
  for (;;) {
    const pointer = await pointerOf(rebuilds.generations, name);
    const generation = generationOf(pointer, number);
    if (generation === undefined) throw new Refusal(`generation ${number} of ${name} was retired meanwhile`);
    if (generation.complete) return pointer;
    const parts = await rebuilds.progress.list({ projection: name, generation: number });
    const { work } = statusOf(pointer, parts).generations.find((one) => one.number === number) ?? {};
    if (work) terminal.progress(`${work.percent} %: ${workLine(work)}`);
    await rebuilds.effects.sleep(LOOK_MS);
  }
}

function pastText(name: string, { number }: Generation, asOf: string): string {
  return [
    `generation ${number} shows ${name} as it was known at ${asOf}; ?generation=${number} reads it`,
    `orderstream projection retire ${name} ${number} takes it away`,
  ].join('\n');
}

function nextText({ projection, live }: Generations, number: number, found: Diff | undefined): string {
  const compared = found
    ? [diffText(found, live, number), '']
    : [
        `generation ${number} of ${projection} is complete`,
        `orderstream projection verify ${projection} --generation ${number} compares it with the events`,
      ];
  const reasons = found ? worse(found) : [];
  const next =
    reasons.length > 0
      ? [`${reasons.join(', ')}: mend the fold, take this one away, and rebuild`]
      : [`orderstream projection switch ${projection} shows it to readers`];
  return [...compared, ...next, `orderstream projection retire ${projection} ${number} takes it away`].join('\n');
}
