import type { SettlePorts } from '../application/dead-letters/settle';
import type { EventBus } from '../application/event-bus';
import type { Grants } from '../application/grants';
import type { InboxSearch } from '../application/inbox-search';
import type { Effects, EventStore, Inbox } from '../application/ports';
import type { Functions } from '../application/queueing/ports';
import type { FeedReader } from '../application/read-models/ports';
import type { ReplayPorts } from '../application/replay/replay';
import type { Retries } from '../application/retry-rejected';
import type { VerifyProjectionsPorts } from '../application/verify-projections';
import type { VerifyPorts } from '../application/verify-streams';
import type { FaultPorts } from './faults';
import type { Rebuilds } from './rebuilds';

/** What the commands work on: one deployment. */
export type Operations = {
  readonly events: Pick<EventStore, 'load' | 'readRange' | 'readMany'>;
  readonly feed: Pick<FeedReader, 'newest' | 'byType' | 'byCorrelation'>;
  readonly bus: EventBus;
  readonly inbox: Pick<Inbox, 'remove'>;
  readonly search: InboxSearch;
  readonly retries: Retries;
  readonly letters: SettlePorts;
  readonly replay: ReplayPorts;
  readonly verify: VerifyPorts;
  readonly verifyProjections: VerifyProjectionsPorts;
  readonly faults: FaultPorts;
  readonly rebuilds: Rebuilds;
  readonly functions: Functions;
  readonly grants: Grants;
  readonly stage: string;
  readonly effects: Effects;
};
