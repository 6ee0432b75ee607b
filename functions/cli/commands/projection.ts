import { pointerOf, retire } from '../../application/rebuild/begin-rebuild';
import { worse } from '../../application/rebuild/diff';
import { type ProjectionStatus, statusOf } from '../../application/rebuild/status';
import { newestReady, rollBack } from '../../application/rebuild/switch';
import { type Command, Refusal } from '../command';
import { diffText, generationTable } from '../format/generations';
import { difference, numberOption, refusing, switchedAnswer, targetOf } from '../generations';
import { limitOf } from '../values';
import { projectionRebuild } from './projection-rebuild';

const generationOption = { value: '<n>', help: 'this one; if nothing is said, the newest that is complete' };
const limitOption = { value: '<n>', help: 'differences to show (20)' };

const status: Command = {
  name: 'projection status',
  summary: 'generations of the read models, and how far a rebuild has come',
  words: ['[<name>]'],
  prepare:
    ({ words: [name] }) =>
    async ({ rebuilds }) => {
      const targets = name === undefined ? rebuilds.targets : [targetOf(rebuilds, name)];
      const pointers = await rebuilds.generations.getMany(targets.map((target) => target.name));
      const projections = await Promise.all(
        [...pointers.values()].map(
          async (pointer): Promise<ProjectionStatus> =>
            statusOf(pointer, await rebuilds.progress.list({ projection: pointer.projection })),
        ),
      );
      const text = projections.length > 0 ? generationTable(projections) : 'nothing has been projected yet';
      return { text, json: { projections } };
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
    const { generation } = numberOption(options, 'generation');
    return ({ rebuilds }, terminal) =>
      refusing(async () => {
        const target = targetOf(rebuilds, name);
        const pointer = await pointerOf(rebuilds.generations, name);
        const number = generation ?? newestReady(pointer).number;
        const found = await difference(rebuilds, target, pointer, number, limit, terminal);
        if (found === undefined) throw new Refusal(`${name} has no row per stream: nothing can be compared row by row`);
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
    const { generation } = numberOption(options, 'generation');
    return ({ rebuilds }, terminal) =>
      refusing(async () => {
        const target = targetOf(rebuilds, name);
        const pointer = await pointerOf(rebuilds.generations, name);
        const number = generation ?? newestReady(pointer).number;
        const found = await difference(rebuilds, target, pointer, number, limit, terminal);
        return switchedAnswer(rebuilds, pointer, number, found, switches.has('anyway'));
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
        const text = `readers of ${name} are shown generation ${live} again\norderstream projection retire ${name} ${previous} takes the other one away`;
        return { text, json: { projection: name, live, previous } };
      }),
};

const retireCommand: Command = {
  name: 'projection retire',
  summary: 'take a generation away that nobody is to go back to, or stop building one',
  words: ['<name>', '<generation>'],
  notes: ['Its rows are removed by the workers two minutes later. Lists that were begun in it have to be begun anew.'],
  prepare({ words: [name = '', generation = ''] }) {
    const number = numberOption({ generation }, 'generation').generation ?? 0;
    return ({ rebuilds }) =>
      refusing(async () => {
        await retire(rebuilds, targetOf(rebuilds, name), number);
        const text = `retired: generation ${number} of ${name}\norderstream projection status ${name} shows how far its rows are removed`;
        return { text, json: { projection: name, retired: number } };
      });
  },
};

export const projection: readonly Command[] = [
  status,
  projectionRebuild,
  diffCommand,
  switchCommand,
  rollback,
  retireCommand,
];
