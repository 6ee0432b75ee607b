import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FACT_SOURCE } from '../functions/application/catalogue';
import { EventStore } from './constructs/event-store';
import { HoldingQueue } from './constructs/holding-queue';
import { Inbox } from './constructs/inbox';
import { Insights } from './constructs/insights';
import { OrderBus } from './constructs/order-bus';
import { PersonalKeys } from './constructs/personal-keys';
import { Views } from './constructs/views';
import type { StageConfig } from './stage-config';

/** The aggregates that take events from the bus, each by an ingest of its own. */
export const aggregates = ['orders', 'inventory', 'users'] as const;

export type Aggregate = (typeof aggregates)[number];

/** What is kept: the bus, the tables, and the queues that hold events. Nothing here runs. */
export class DataStack extends Stack {
  readonly orderBus: OrderBus;
  readonly eventStore: EventStore;
  readonly inbox: Inbox;
  readonly views: Views;
  readonly insights: Insights;
  readonly keys: PersonalKeys;
  /** Parked events whose turn has come, and dead letters on their way back, by the ingest they go to. */
  readonly redelivery: Readonly<Record<Aggregate, HoldingQueue>>;
  /** Events that an ingest could not be run with. */
  readonly ingestDeadLetters: HoldingQueue;
  /** Places in streams that project-views or project-feed could not pass. */
  readonly projectionDeadLetters: HoldingQueue;
  readonly feedDeadLetters: HoldingQueue;
  /** Places in streams that project-views or project-feed is to take up again. */
  readonly viewsRedrive: HoldingQueue;
  readonly feedRedrive: HoldingQueue;
  /** Parts of the event table that are being read to build a generation of a projection, and those that could not be. */
  readonly rebuild: HoldingQueue;
  readonly rebuildDeadLetters: HoldingQueue;
  /** Facts on their way to the insights, and those that they could not take. */
  readonly insightsFacts: HoldingQueue;
  readonly insightsDeadLetters: HoldingQueue;
  /** Events that no rule takes. */
  readonly unrouted: HoldingQueue;

  constructor(scope: Construct, stage: StageConfig) {
    super(scope, `Orders-${stage.name}-Data`, {
      description: `Orderstream (${stage.name}): event table, read models, bus and queues`,
      terminationProtection: stage.protectData,
      tags: { application: 'orderstream', stage: stage.name },
      ...(stage.env && { env: stage.env }),
    });
    this.orderBus = new OrderBus(this, 'OrderBus', { stage, factSource: FACT_SOURCE });
    this.eventStore = new EventStore(this, 'EventStore', { stage });
    this.inbox = new Inbox(this, 'Inbox', { stage });
    this.views = new Views(this, 'Views', { stage });
    this.insights = new Insights(this, 'Insights', { stage });
    this.keys = new PersonalKeys(this, 'Keys', { stage });

    const rulesOf = this.orderBus;
    this.ingestDeadLetters = new HoldingQueue(this, 'IngestDlq', { stage, rulesOf });
    this.projectionDeadLetters = new HoldingQueue(this, 'ProjectionDlq', { stage });
    this.feedDeadLetters = new HoldingQueue(this, 'FeedDlq', { stage });
    this.unrouted = new HoldingQueue(this, 'Unrouted', { stage, rulesOf });
    this.rebuildDeadLetters = new HoldingQueue(this, 'RebuildDlq', { stage });
    this.insightsDeadLetters = new HoldingQueue(this, 'InsightsDlq', { stage, rulesOf });
    const consumed = (id: string, consumerTimeout: number, queue: HoldingQueue, more = {}) => {
      const deadLetters = { queue, maxReceiveCount: stage.redelivery.maxReceiveCount };
      return new HoldingQueue(this, id, { stage, consumerTimeout, deadLetters, ...more });
    };
    const { ingest, projector, rebuild } = stage.timeouts;
    this.viewsRedrive = consumed('ViewsRedrive', projector, this.projectionDeadLetters);
    this.feedRedrive = consumed('FeedRedrive', projector, this.feedDeadLetters);
    this.rebuild = consumed('Rebuild', rebuild, this.rebuildDeadLetters);
    this.insightsFacts = consumed('InsightsFacts', projector, this.insightsDeadLetters, { rulesOf });
    const redelivery = (aggregate: Aggregate) =>
      consumed(`${capital(aggregate)}Redelivery`, ingest, this.ingestDeadLetters);
    this.redelivery = {
      orders: redelivery('orders'),
      inventory: redelivery('inventory'),
      users: redelivery('users'),
    };

    this.#output('OrderBusName', this.orderBus.bus.eventBusName);
    this.#output('EventsTableName', this.eventStore.tableName);
    this.#output('InboxTableName', this.inbox.tableName);
    this.#output('ViewsTableName', this.views.tableName);
    this.#output('KeysTableName', this.keys.tableName);
    this.#output('IngestDlqUrl', this.ingestDeadLetters.queue.queueUrl);
    this.#output('ProjectionDlqUrl', this.projectionDeadLetters.queue.queueUrl);
    this.#output('FeedDlqUrl', this.feedDeadLetters.queue.queueUrl);
    this.#output('UnroutedQueueUrl', this.unrouted.queue.queueUrl);
    this.#output('InsightsTableName', this.insights.tableName);
    this.#output('InsightsQueueUrl', this.insightsFacts.queue.queueUrl);
    this.#output('InsightsDlqUrl', this.insightsDeadLetters.queue.queueUrl);
    this.#output('RebuildQueueUrl', this.rebuild.queue.queueUrl);
    this.#output('RebuildDlqUrl', this.rebuildDeadLetters.queue.queueUrl);
    this.#output('ViewsRedriveQueueUrl', this.viewsRedrive.queue.queueUrl);
    this.#output('FeedRedriveQueueUrl', this.feedRedrive.queue.queueUrl);
    for (const aggregate of aggregates)
      this.#output(`${capital(aggregate)}RedeliveryQueueUrl`, this.redelivery[aggregate].queue.queueUrl);
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
