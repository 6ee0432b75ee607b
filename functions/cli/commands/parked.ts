import type { Command } from '../command';
import { inboxList, inboxShow } from './inbox';

export const parked: readonly Command[] = [
  inboxList('parked', {
    summary: 'events that wait for an earlier step of their stream',
    notes: ['They are decided by themselves: when the step comes, or a last time when their time is up.'],
  }),
  inboxShow('parked', 'parked event'),
];
