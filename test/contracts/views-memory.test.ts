import { MemoryFeed } from '../support/memory-feed';
import { MemoryViewLists } from '../support/memory-view-lists';
import { MemoryViewRows } from '../support/memory-views';
import { feedContract } from './feed.contract';
import { viewsContract } from './views.contract';

const rows = new MemoryViewRows();
const lists = new MemoryViewLists(rows);
viewsContract('memory', () => ({ rows, lists }));

const feed = new MemoryFeed();
feedContract('memory', () => ({ writer: feed, reader: feed }));
