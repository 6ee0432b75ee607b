import { type ListedFault, listFaults } from '../../application/faults/list-faults';
import type { Command } from '../command';
import { type Column, table } from '../format/columns';
import { limitOf } from '../values';

export const faults: Command = {
  name: 'faults',
  summary: 'events that a projection cannot pass, and how many wait behind each',
  options: { limit: { value: '<n>', help: 'how many at most (20)' } },
  notes: [
    'A fault stops one row; its last good body stays, and later events wait in the event table. It goes by orderstream redrive,',
    'once the fold or the upcasters can read the event.',
  ],
  prepare({ options }) {
    const limit = limitOf(options.limit);
    return async ({ faults: ports }) => {
      const { items, more } = await listFaults(ports, limit);
      if (items.length === 0) return { text: 'nothing is faulted', json: { items, more } };
      const rest = more ? `\n\nthere are more: --limit ${Math.min(1000, limit * 5)}` : '';
      const next = `\n\norderstream redrive '${items[0]?.stream}' --dry-run shows what a repair would come to now`;
      return { text: `${faultTable(items)}${rest}${next}`, json: { items, more } };
    };
  },
};

type Shown = readonly [column: Column, cell: (fault: ListedFault) => string];

function faultTable(items: readonly ListedFault[]): string {
  const areAllLive = items.every(({ live }) => live);
  const generations: readonly Shown[] = [
    [{ title: 'generation' }, ({ generation, live }) => `${generation}${live ? ', live' : ''}`],
  ];
  const shown: readonly Shown[] = [
    [{ title: 'since' }, ({ since }) => since],
    [{ title: 'projection' }, ({ projection }) => projection],
    ...(areAllLive ? [] : generations),
    [{ title: 'stream' }, ({ stream }) => stream],
    [{ title: 'version', right: true }, ({ version }) => `${version}`],
    [{ title: 'event' }, ({ type }) => type ?? 'not in the table'],
    [{ title: 'waiting', right: true }, ({ waiting }) => `${waiting}`],
    [{ title: 'error' }, ({ error }) => error],
  ];
  return table(
    shown.map(([column]) => column),
    items.map((fault) => shown.map(([, cell]) => cell(fault))),
  );
}
