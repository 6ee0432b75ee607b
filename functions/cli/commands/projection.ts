import { type Generations, generationOf } from '../../application/read-models/generations';
import {
  beginRebuild,
  MOST_SEGMENTS,
  pointerOf,
  type RebuildWish,
  retire,
} from '../../application/rebuild/begin-rebuild';
import { type Diff, diff, worse } from '../../application/rebuild/diff';
import type { Rebuildable } from '../../application/rebuild/rebuildable';
import { isRebuildRefused } from '../../application/rebuild/refused';
import { type ProjectionStatus, statusOf } from '../../application/rebuild/status';
import { newestReady, rollBack, switchTo } from '../../application/rebuild/switch';
import { type Answer, type Command, type Given, Refusal, UsageError } from '../command';
import { diffText, generationTable, workLine } from '../format/generations';
import type { Rebuilds } from '../rebuilds';
import type { Terminal } from '../terminal';
import { limitOf, timeIn } from '../values';

const generationOption = { value: '<n>', help: 'this one; if nothing is said, the newest that is complete' };
const limitOption = { value: '<n>', help: 'differences to show (20)' };
/** Between two looks at a rebuild. */
const LOOK_MS = 1_000;

const status: Command = {
  name: 'projection status',
  summary: 'generations of the read models, and how far a rebuild has come',
  words: ['[<name>]'],
  prepare:
    ({ words: [name] }) =>
    async ({ rebuilds }) => {
      const targets = name === undefined ? rebuilds.targets : [targetOf(rebuilds, name)];
      const statuses = await statusesOf(rebuilds, targets);
      return { text: generationTable(statuses), json: { projections: statuses } };
    },
};

const rebuild: Command = {
  name: 'projection rebuild',
  summary: 'build a read model anew beside the one that is read',
  words: ['<name>'],
  options: {
    'as-of': { value: '<time>', help: 'as it was known then, by the times of recording; it follows no later events' },
    revision: { value: '<n>', help: 'by this revision of the fold; if nothing is said, the newest' },
    segments: { value: '<n>', help: `read the event table in so many parts, 1 to ${MOST_SEGMENTS}` },
    'no-wait': { help: 'only begin it: projection status shows how far it is' },
    switch: { help: 'show it to readers when it is complete, unless rows are missing or newly faulted' },
    limit: limitOption,
  },
  notes: [
    'Deploy the fold first: the functions that run must have the revision. Readers go on with the live generation; every new',
    'event goes into both. One that has stopped is resumed by the same command. What is there of the feed is written anew in place.',
  ],
  prepare(given) {
    const {
      words: [name = ''],
      options,
      switches,
    } = given;
    const limit = limitOf(options.limit);
    const asOf = asOfIn(options['as-of']);
    if (asOf !== undefined && switches.has('switch'))
      throw new UsageError('--switch does not go with --as-of: its readers would never see a later event');
    if (switches.has('no-wait') && switches.has('switch'))
      throw new UsageError('--switch does not go with --no-wait: it waits until the generation is complete');
    const wish: RebuildWish = {
      ...(asOf !== undefined && { asOf }),
      ...numberOption(options, 'revision', 1_000_000),
      ...numberOption(options, 'segments', MOST_SEGMENTS),
    };
    return ({ rebuilds }, terminal) =>
      refusing(async () => {
        const target = targetOf(rebuilds, name);
        const { generation, segments, resumed } = await beginRebuild(rebuilds, target, wish);
        const { number } = generation;
        const begun = `${resumed ? 'resumed' : 'begun'}: generation ${number} of ${name}, in ${segments} parts`;
        const json = { projection: name, generation, segments, resumed };
        if (switches.has('no-wait'))
          return { text: `${begun}\norderstream projection status ${name} shows how far it is`, json };
        const pointer = await untilComplete(rebuilds, name, number, terminal);
        if (target.inPlace) return { text: `${name} is written anew`, json: { ...json, complete: true } };
        if (asOf !== undefined) {
          const text = `generation ${number} shows ${name} as it was known at ${asOf}\nGET /orders?generation=${number} reads it, orderstream projection retire ${name} ${number} removes it`;
          return { text, json: { ...json, complete: true } };
        }
        const found = await difference(rebuilds, target, pointer, number, limit, terminal);
        const answer = { text: diffText(found, pointer.live, number), json: { ...json, complete: true, diff: found } };
        if (!switches.has('switch')) return withNext(answer, nextAfterDiff(name, number, found));
        return switched(rebuilds, name, number, found, false, answer);
      });
  },
};

const diffCommand: Command = {
  name: 'projection diff',
  summary: 'compare a generation with the live one, row by row',
  words: ['<name>'],
  options: { generation: generationOption, limit: limitOption },
  notes: ['Reads the Views table once. What is between two writes at that moment is looked at again.'],
  prepare({ words: [name = ''], options }) {
    const limit = limitOf(options.limit);
    const { generation } = numberOption(options, 'generation', Number.MAX_SAFE_INTEGER);
    return ({ rebuilds }, terminal) =>
      refusing(async () => {
        const target = targetOf(rebuilds, name);
        const pointer = await pointerOf(rebuilds.generations, name);
        const number = generation ?? newestReady(pointer).number;
        const found = await difference(rebuilds, target, pointer, number, limit, terminal);
        const json = { projection: name, old: pointer.live, new: number, ...found };
        return { text: diffText(found, pointer.live, number), json, bad: worse(found).length > 0 };
      });
  },
};

const switchCommand: Command = {
  name: 'projection switch',
  summary: 'show readers another generation',
  words: ['<name>'],
  options: {
    generation: generationOption,
    anyway: { help: 'also if rows are missing, behind, or newly faulted' },
    limit: limitOption,
  },
  notes: ['Compares them first. The one that was live is kept up to date: projection rollback goes back to it.'],
  prepare({ words: [name = ''], options, switches }) {
    const limit = limitOf(options.limit);
    const { generation } = numberOption(options, 'generation', Number.MAX_SAFE_INTEGER);
    return ({ rebuilds }, terminal) =>
      refusing(async () => {
        const target = targetOf(rebuilds, name);
        const pointer = await pointerOf(rebuilds.generations, name);
        const number = generation ?? newestReady(pointer).number;
        const found = await difference(rebuilds, target, pointer, number, limit, terminal);
        const json = { projection: name, old: pointer.live, new: number, diff: found };
        const answer = { text: diffText(found, pointer.live, number), json };
        return switched(rebuilds, name, number, found, switches.has('anyway'), answer);
      });
  },
};

const rollback: Command = {
  name: 'projection rollback',
  summary: 'show readers again the generation that they were shown before the last switch',
  words: ['<name>'],
  prepare:
    ({ words: [name = ''] }) =>
    ({ rebuilds }) =>
      refusing(async () => {
        targetOf(rebuilds, name);
        const { live, previous } = await rollBack(rebuilds.generations, name);
        const text = `readers of ${name} are shown generation ${live} again\norderstream projection retire ${name} ${previous} removes the other one`;
        return { text, json: { projection: name, live, previous } };
      }),
};

const retireCommand: Command = {
  name: 'projection retire',
  summary: 'take a generation away that nobody is to go back to, or stop building one',
  words: ['<name>', '<generation>'],
  notes: ['Its rows are removed by the workers two minutes later. Lists that were begun in it have to be begun anew.'],
  prepare({ words: [name = '', text = ''] }) {
    const { generation } = numberOption({ generation: text }, 'generation', Number.MAX_SAFE_INTEGER);
    return ({ rebuilds }) =>
      refusing(async () => {
        await retire(rebuilds, targetOf(rebuilds, name), generation ?? 0);
        const said = `retired: generation ${generation} of ${name}\norderstream projection status ${name} shows how far its rows are removed`;
        return { text: said, json: { projection: name, retired: generation } };
      });
  },
};

export const projection: readonly Command[] = [status, rebuild, diffCommand, switchCommand, rollback, retireCommand];

function targetOf({ targets }: Rebuilds, name: string): Rebuildable {
  const target = targets.find((one) => one.name === name);
  if (target) return target;
  throw new UsageError(`there is no projection "${name}"; one of ${targets.map((one) => one.name).join(', ')}`);
}

async function statusesOf(
  { generations, progress }: Rebuilds,
  targets: readonly Rebuildable[],
): Promise<readonly ProjectionStatus[]> {
  const pointers = await generations.getMany(targets.map(({ name }) => name));
  return Promise.all(
    [...pointers.values()].map(async (pointer) =>
      statusOf(pointer, await progress.list({ projection: pointer.projection })),
    ),
  );
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

async function difference(
  rebuilds: Rebuilds,
  { name, prefix }: Rebuildable,
  pointer: Generations,
  number: number,
  limit: number,
  terminal: Terminal,
): Promise<Diff> {
  if (prefix === undefined)
    throw new Refusal(`${name} has no rows of its own for each generation: nothing can be compared`);
  const generation = generationOf(pointer, number);
  if (generation === undefined)
    throw new Refusal(`${name} has no generation ${number}; it has ${pointer.all.map((one) => one.number).join(', ')}`);
  if (number === pointer.live) throw new Refusal(`generation ${number} of ${name} is the live one itself`);
  if (!generation.complete) throw new Refusal(`generation ${number} of ${name} is still being built`);
  const request = { prefix, old: pointer.live, new: number, frozen: generation.asOf !== undefined, limit };
  return diff(rebuilds, request, (rows) => terminal.progress(`compared: ${rows.toLocaleString('en')} rows`));
}

async function switched(
  { generations }: Rebuilds,
  name: string,
  number: number,
  found: Diff,
  anyway: boolean,
  answer: Answer,
): Promise<Answer> {
  const reasons = worse(found);
  if (reasons.length > 0 && !anyway) {
    const why = `not switched: ${reasons.join(', ')} (projection switch ${name} --generation ${number} --anyway switches all the same)`;
    return { text: `${answer.text}\n\n${why}`, json: { ...(answer.json as object), switched: false }, bad: true };
  }
  const { live, previous } = await switchTo(generations, name, number);
  const said = `readers of ${name} are shown generation ${live}\norderstream projection rollback ${name} goes back to ${previous}`;
  return { text: `${answer.text}\n\n${said}`, json: { ...(answer.json as object), switched: true, live, previous } };
}

function nextAfterDiff(name: string, number: number, found: Diff): string {
  const reasons = worse(found);
  return reasons.length > 0
    ? `${reasons.join(', ')}: mend the fold and rebuild, after orderstream projection retire ${name} ${number}`
    : `orderstream projection switch ${name} shows it to readers, orderstream projection retire ${name} ${number} takes it away`;
}

const withNext = (answer: Answer, next: string): Answer => ({ ...answer, text: `${answer.text}\n\n${next}` });

/** What cannot be done as things are is said in one line. */
async function refusing(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw isRebuildRefused(error) ? new Refusal(error.message) : error;
  }
}

function numberOption<Name extends string>(
  options: Given['options'],
  name: Name,
  most: number,
): { readonly [N in Name]?: number } {
  const text = options[name];
  if (text === undefined) return {};
  const number = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return { [name]: number } as { readonly [N in Name]?: number };
  const upTo = most < 1_000_000 ? `, 1 to ${most}` : ', from 1';
  throw new UsageError(`--${name} is "${text}"; a whole number${upTo}`);
}

function asOfIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = timeIn(text);
  if (time !== undefined) return time;
  throw new UsageError(`--as-of is "${text}"; a time such as 2026-01-31T12:00:00Z`);
}
