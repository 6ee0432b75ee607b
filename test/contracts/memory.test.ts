import { MemoryEventStore } from '../support/memory-event-store';
import { MemoryInbox } from '../support/memory-inbox';
import { eventStoreContract } from './event-store.contract';
import { inboxContract } from './inbox.contract';

const store = new MemoryEventStore();
eventStoreContract('memory', () => store);

const inbox = new MemoryInbox();
inboxContract('memory', () => inbox);
