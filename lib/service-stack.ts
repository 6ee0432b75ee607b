import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { FACT_SOURCE, ingestRoutes } from '../functions/application/catalogue';
import { FactSubscriber } from './constructs/fact-subscriber';
import { FunctionUrlApi } from './constructs/function-url-api';
import { FactGuard } from './constructs/order-bus';
import { ServiceFunction } from './constructs/service-function';
import { StreamProjector } from './constructs/stream-projector';
import { Subscriber } from './constructs/subscriber';
import { Ticker } from './constructs/ticker';
import { UnroutedEvents } from './constructs/unrouted-events';
import { type Aggregate, aggregates, type DataStack } from './data-stack';
import { ingestPattern, unroutedPattern } from './ingest-patterns';
import type { FunctionName, StageConfig } from './stage-config';

export type ServiceStackProps = {
  readonly data: DataStack;
  /** The directory of the functions' bundles: `dist/functions`. */
  readonly bundles: string;
};

/** What runs: functions, rules and URLs. It holds no data and can be destroyed and deployed again at any time. */
export class ServiceStack extends Stack {
  readonly #stage: StageConfig;
  readonly #data: DataStack;
  readonly #bundles: string;

  constructor(scope: Construct, stage: StageConfig, props: ServiceStackProps) {
    super(scope, `Orders-${stage.name}-Service`, {
      description: `Orderstream (${stage.name}): functions, rules and function URLs`,
      tags: { application: 'orderstream', stage: stage.name },
      ...(stage.env && { env: stage.env }),
    });
    this.#stage = stage;
    this.#data = props.data;
    this.#bundles = props.bundles;

    const ingests = aggregates.map((aggregate) => this.#ingest(aggregate));
    this.#keepUnrouted();
    const views = this.#projectViews();
    const feed = this.#projectFeed();
    this.#sweepInbox();
    this.#rebuild();
    this.#commandApi();
    this.#queryApi();
    this.#insights();
    const monitor = this.#monitor();
    new FactGuard(this, 'FactGuard', {
      bus: props.data.orderBus.bus,
      source: FACT_SOURCE,
      publishers: [views, feed, ...ingests, monitor].map((publisher) => publisher.role),
    });
  }

  /** bus → Events: decides what producers say has happened. */
  #ingest(aggregate: Aggregate): ServiceFunction {
    const { eventStore, inbox, keys, orderBus, ingestDeadLetters, redelivery } = this.#data;
    const ingest = this.#function(`ingest-${aggregate}`, 'ingest', `Appends events of ${aggregate} from the bus`, {
      PARK_FOR_DAYS: String(this.#stage.parkForDays),
      ...this.#linePatience('ingest'),
    });
    eventStore.grantAppend(ingest.role);
    inbox.grantPark(ingest.role);
    // Every ingest: the rules go by `detail-type`, but a CloudEvent in `detail` has a type of its own.
    keys.grantSeal(ingest.role);
    inbox.grantLine(ingest.role);
    // The fact that an event was rejected.
    orderBus.bus.grantPutEventsTo(ingest.role);
    new Subscriber(this, `${ingest.node.id}Subscriber`, {
      stage: this.#stage,
      bus: orderBus.bus,
      pattern: ingestPattern(ingestRoutes[aggregate]),
      subscriber: ingest,
      deadLetters: ingestDeadLetters,
      redelivery: redelivery[aggregate],
    });
    return ingest;
  }

  /** bus → unrouted queue. */
  #keepUnrouted(): void {
    new UnroutedEvents(this, 'Unrouted', {
      stage: this.#stage,
      bus: this.#data.orderBus.bus,
      pattern: unroutedPattern(Object.values(ingestRoutes)),
      queue: this.#data.unrouted,
      deadLetters: this.#data.ingestDeadLetters,
    });
  }

  /** Events → Views, and what could not be projected → the bus. */
  #projectViews(): ServiceFunction {
    const { eventStore, views, orderBus, projectionDeadLetters, viewsRedrive } = this.#data;
    const projector = this.#function('project-views', 'projector', 'Keeps the read models');
    eventStore.grantRead(projector.role);
    views.grantProject(projector.role);
    // The fact that an event could not be projected.
    orderBus.bus.grantPutEventsTo(projector.role);
    new StreamProjector(this, 'ViewsProjector', {
      stage: this.#stage,
      store: eventStore,
      projector,
      redrive: viewsRedrive,
      deadLetters: projectionDeadLetters,
      deadLettersUrlName: 'PROJECTION_DLQ_URL',
    });
    return projector;
  }

  /** Events → feed rows, facts on the bus, and parked events whose turn has come. */
  #projectFeed(): ServiceFunction {
    const { eventStore, inbox, views, orderBus, feedDeadLetters, feedRedrive, insights } = this.#data;
    const feed = this.#function(
      'project-feed',
      'projector',
      'Keeps the feed, publishes facts, redelivers parked events',
    );
    eventStore.grantFetch(feed.role);
    inbox.grantRead(feed.role);
    views.grantWrite(feed.role);
    // How many facts it has published, along with the rows.
    insights.grantRide(feed.role);
    orderBus.bus.grantPutEventsTo(feed.role);
    this.#redeliversBy(feed);
    new StreamProjector(this, 'FeedProjector', {
      stage: this.#stage,
      store: eventStore,
      projector: feed,
      redrive: feedRedrive,
      deadLetters: feedDeadLetters,
      deadLettersUrlName: 'FEED_DLQ_URL',
    });
    return feed;
  }

  /** Facts of orders → counters. */
  #insights(): void {
    const { insights, views, orderBus, insightsFacts, insightsDeadLetters } = this.#data;
    const counting = this.#function('insights', 'projector', 'Counts facts: sales, funnel, lifecycle');
    insights.grantCount(counting.role);
    // The generations of the counters, and to begin the first.
    views.grantProject(counting.role);
    new FactSubscriber(this, 'InsightsSubscriber', {
      stage: this.#stage,
      bus: orderBus.bus,
      // Other facts about orders (a rejection) have no place in a stream.
      pattern: { detail: { partitionkey: Match.prefix('order#'), sequence: Match.exists() } },
      subscriber: counting,
      queue: insightsFacts,
      deadLetters: insightsDeadLetters,
      batches: this.#stage.facts,
    });
  }

  /** Inbox → ingests: events that have been parked for too long are decided a last time. */
  #sweepInbox(): void {
    const sweep = this.#function('sweep-inbox', 'sweep', 'Redelivers parked events that have expired');
    this.#data.inbox.grantSearch(sweep.role);
    this.#redeliversBy(sweep);
    new Ticker(this, 'SweepTicker', { ticked: sweep, every: Duration.hours(1) });
  }

  /** Events → a generation of a read model, part by part, fed from a queue. */
  #rebuild(): void {
    const { eventStore, views, insights, rebuild, projectionDeadLetters, feedDeadLetters } = this.#data;
    const worker = this.#function('rebuild', 'rebuild', 'Builds generations of the read models', {
      // A part is passed on well before the time is up.
      REBUILD_WORK_SECONDS: String(Math.floor((this.#stage.timeouts.rebuild * 2) / 3)),
    });
    eventStore.grantScan(worker.role);
    views.grantRebuild(worker.role);
    insights.grantCount(worker.role);
    insights.grantRemove(worker.role);
    worker.sendsTo(rebuild, 'REBUILD_QUEUE_URL');
    worker.sendsTo(projectionDeadLetters, 'PROJECTION_DLQ_URL');
    worker.sendsTo(feedDeadLetters, 'FEED_DLQ_URL');
    const mayConsume = rebuild.grantConsume(worker.role);
    const mapping = new EventSourceMapping(this, 'RebuildMapping', {
      target: worker.function,
      eventSourceArn: rebuild.queue.queueArn,
      batchSize: 1,
      maxConcurrency: this.#stage.rebuildConcurrency,
      reportBatchItemFailures: true,
    });
    mayConsume.applyBefore(mapping);
  }

  /** HTTP → Events, HTTP → bus. */
  #commandApi(): void {
    const { eventStore, inbox, keys, orderBus } = this.#data;
    const api = this.#function(
      'command-api',
      'http',
      'HTTP: commands, and events to put on the bus',
      this.#linePatience('http'),
    );
    eventStore.grantAppend(api.role);
    inbox.grantClaim(api.role);
    keys.grantSeal(api.role);
    inbox.grantLine(api.role);
    orderBus.bus.grantPutEventsTo(api.role);
    this.#output('CommandUrl', new FunctionUrlApi(this, 'CommandUrlApi', { stage: this.#stage, api }).url);
  }

  /** Views → HTTP, Events → HTTP. */
  #queryApi(): void {
    const { eventStore, insights, keys, views } = this.#data;
    const api = this.#function('query-api', 'http', 'HTTP: queries and health');
    eventStore.grantRead(api.role);
    views.grantRead(api.role);
    insights.grantRank(api.role);
    keys.grantOpen(api.role);
    this.#watches(api);
    this.#output('QueryUrl', new FunctionUrlApi(this, 'QueryUrlApi', { stage: this.#stage, api }).url);
  }

  /** Everything → metrics; and what has become a dead letter → a fact. */
  #monitor(): ServiceFunction {
    const { eventStore, views, orderBus } = this.#data;
    const monitor = this.#function('monitor', 'sweep', 'Measures the system, and says what has become a dead letter');
    eventStore.grantLoad(monitor.role);
    views.grantWatch(monitor.role);
    this.#watches(monitor);
    orderBus.bus.grantPutEventsTo(monitor.role);
    new Ticker(this, 'MonitorTicker', {
      ticked: monitor,
      every: Duration.minutes(this.#stage.monitorEveryMinutes),
    });
    return monitor;
  }

  /** Lets a function see what the monitor shows: counters, the last errors, and how long each queue is. */
  #watches(watcher: ServiceFunction): void {
    const data = this.#data;
    data.insights.grantRead(watcher.role);
    for (const aggregate of aggregates)
      watcher.watches(data.redelivery[aggregate], `${aggregate.toUpperCase()}_REDELIVERY_QUEUE_URL`);
    watcher.watches(data.viewsRedrive, 'VIEWS_REDRIVE_QUEUE_URL');
    watcher.watches(data.feedRedrive, 'FEED_REDRIVE_QUEUE_URL');
    watcher.watches(data.rebuild, 'REBUILD_QUEUE_URL');
    watcher.watches(data.insightsFacts, 'INSIGHTS_QUEUE_URL');
    watcher.watches(data.ingestDeadLetters, 'INGEST_DLQ_URL');
    watcher.watches(data.projectionDeadLetters, 'PROJECTION_DLQ_URL');
    watcher.watches(data.feedDeadLetters, 'FEED_DLQ_URL');
    watcher.watches(data.rebuildDeadLetters, 'REBUILD_DLQ_URL');
    watcher.watches(data.insightsDeadLetters, 'INSIGHTS_DLQ_URL');
    watcher.watches(data.unrouted, 'UNROUTED_QUEUE_URL');
  }

  #function(
    name: FunctionName,
    kind: keyof StageConfig['timeouts'],
    description: string,
    environment: Readonly<Record<string, string>> = {},
  ): ServiceFunction {
    const { eventStore, inbox, views, keys, insights, orderBus } = this.#data;
    const made = new ServiceFunction(this, pascal(name), {
      stage: this.#stage,
      name,
      bundles: this.#bundles,
      description,
      timeout: this.#stage.timeouts[kind],
      environment: {
        STAGE: this.#stage.name,
        EVENTS_TABLE: eventStore.tableName,
        INBOX_TABLE: inbox.tableName,
        VIEWS_TABLE: views.tableName,
        KEYS_TABLE: keys.tableName,
        INSIGHTS_TABLE: insights.tableName,
        ORDER_BUS: orderBus.busName,
        ...environment,
      },
    });
    // What fails is noted, whichever function it is in.
    insights.grantNote(made.role);
    return made;
  }

  /** Who has waited in line for so long still has time for some tries. */
  #linePatience(kind: 'ingest' | 'http'): Readonly<Record<string, string>> {
    return { LINE_PATIENCE_SECONDS: String(Math.floor((this.#stage.timeouts[kind] * 2) / 3)) };
  }

  #redeliversBy(sender: ServiceFunction): void {
    for (const aggregate of aggregates) {
      sender.sendsTo(this.#data.redelivery[aggregate], `${aggregate.toUpperCase()}_REDELIVERY_QUEUE_URL`);
    }
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}

/** `ingest-orders` → `IngestOrders`. */
function pascal(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
