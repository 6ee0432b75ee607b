import { Planner } from '../../functions/application/planner';
import type { NameKeeper } from '../../functions/application/ports';
import { FixedEffects } from './fixed-effects';
import { MemoryEventStore } from './memory-event-store';
import { MemoryInbox } from './memory-inbox';
import { MemoryLine } from './memory-line';

/** Names that hide nothing. */
export const plainNames: NameKeeper = { nameOf: async (kind, text) => `${kind}#${text}` };

/** Whatever a writer needs, in memory, each part of it to be looked at or replaced. */
export function memoryWriteSide(effects = new FixedEffects(), now = effects.now) {
  const inbox = new MemoryInbox();
  const events = new MemoryEventStore(now, inbox);
  return { inbox, events, effects, line: new MemoryLine(), planner: new Planner({ events, names: plainNames }) };
}
