import type { Command } from '../command';
import { inboxList, inboxShow } from './inbox';

export const refused: readonly Command[] = [
  inboxList('refused', { summary: 'commands that were turned down' }),
  inboxShow('refused', 'refused command'),
];
