import { MemoryEventStore } from '../support/memory-event-store';
import { MemoryInbox } from '../support/memory-inbox';
import { MemoryLine } from '../support/memory-line';
import { eventStoreContract } from './event-store.contract';
import { inboxContract } from './inbox.contract';
import { lineContract } from './line.contract';

const store = new MemoryEventStore();
eventStoreContract('memory', () => store);

const inbox = new MemoryInbox();
inboxContract('memory', () => inbox);

const line = new MemoryLine();
const somebody = () => ({ line, waits: new Promise<void>((resolve) => setImmediate(resolve)) });
lineContract('memory', () => ({
  somebody,
  mortal: somebody,
  hurried: () => {
    const enter = (names: readonly string[]) => {
      for (const name of names) line.bury(name);
      return line.enter(names);
    };
    return { ...somebody(), line: { enter } };
  },
}));
