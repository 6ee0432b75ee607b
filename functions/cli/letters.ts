import { SqsLetterQueues } from '../adapters/dead-letters/letter-queues';
import { SqsReturnQueues } from '../adapters/dead-letters/return-queues';
import { SealedReturnQueues } from '../adapters/dead-letters/sealed-return-queues';
import { DynamoDbStreamRecords } from '../adapters/dead-letters/stream-records';
import { DynamoDbEventPages } from '../adapters/event-pages';
import { SqsReplayQueues } from '../adapters/replay-queues';
import { systemEffects } from '../adapters/system-effects';
import type { SettlePorts } from '../application/dead-letters/settle';
import type { ReplayPorts } from '../application/replay/replay';
import {
  dynamoDb,
  dynamoDbStreams,
  environment,
  eventBus,
  openDelivery,
  redeliveryQueues,
  sqs,
  storedEvents,
  vault,
} from '../composition';
import { factOf } from '../projections/fact';

/** What dead letters are read from, and sent to. */
export function letterPorts(): SettlePorts {
  const back = new SqsReturnQueues(sqs(), returnUrls, systemEffects);
  return {
    queues: new SqsLetterQueues(sqs(), () => ({
      ingest: environment.ingestDlqUrl(),
      views: environment.projectionDlqUrl(),
      feed: environment.feedDlqUrl(),
      insights: environment.insightsDlqUrl(),
      rebuild: environment.rebuildDlqUrl(),
      unrouted: environment.unroutedQueueUrl(),
    })),
    back: new SealedReturnQueues(back, vault(), systemEffects),
    open: openDelivery(),
    redrive: back,
    bus: eventBus(),
    records: new DynamoDbStreamRecords(dynamoDbStreams(), systemEffects),
    pages: new DynamoDbEventPages(dynamoDb(), environment.eventsTable()),
  };
}

export function replayPorts(): ReplayPorts {
  return {
    pages: new DynamoDbEventPages(dynamoDb(), environment.eventsTable()),
    events: storedEvents(),
    factOf,
    queues: new SqsReplayQueues(sqs(), () => ({ insights: environment.insightsQueueUrl() }), systemEffects),
  };
}

const returnUrls = () => ({
  ingests: redeliveryQueues(),
  projectors: { views: environment.viewsRedriveQueueUrl(), feed: environment.feedRedriveQueueUrl() },
  subscribers: { insights: environment.insightsQueueUrl(), rebuild: environment.rebuildQueueUrl() },
});
