import { DynamoDbFeedWriter } from '../adapters/feed/feed-writer';
import { RidingTally } from '../adapters/monitor/published-tally';
import { SqsProjectionDeadLetters } from '../adapters/projection-dead-letters';
import { systemEffects } from '../adapters/system-effects';
import { announcedDeadLetters } from '../application/faults/announcements';
import { countedFacts } from '../application/monitor/counted-facts';
import {
  dynamoDb,
  environment,
  factPublisher,
  redelivery,
  sqs,
  storedEvents,
  storedInbox,
  telemetry,
} from '../composition';
import { makeFeeder } from '../projections/feeder';
import { observed } from './middleware';
import { makeProjectFeed } from './stream/feed-batch';

const log = telemetry('project-feed');
const tally = new RidingTally(environment.insightsTable(), systemEffects);
const deadLetters = announcedDeadLetters('feed', {
  letters: new SqsProjectionDeadLetters(sqs(), environment.feedDlqUrl),
  facts: factPublisher(),
  now: systemEffects.now,
});

/** The second and last reader of the Events stream: keeps the feed, publishes facts, wakes parked events. */
export const handler = observed(
  log,
  makeProjectFeed({
    feed: makeFeeder({
      feed: new DynamoDbFeedWriter(dynamoDb(), environment.viewsTable(), systemEffects, tally),
      facts: countedFacts(factPublisher(), tally),
      inbox: storedInbox(),
      redelivery: redelivery(),
      deadLetters,
    }),
    events: storedEvents(),
    deadLetters,
    telemetry: log,
    now: systemEffects.now,
  }),
);
