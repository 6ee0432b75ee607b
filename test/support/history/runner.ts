import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  ListRulesCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import type { Cloud } from '../../../localstack/cloud/cloud';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { System } from '../system';
import { Clients } from './clients';
import type { Evidence, InboxRow, ReceivedFact } from './evidence';
import type { History } from './history';

const DAY = 24 * 3_600_000;
/** How long events wait in the Inbox, by the stage. */
const PARKED_FOR = 14 * DAY;
/** The sweep comes every hour. */
const SWEPT_TWICE = 2.5 * 3_600_000;
const REST = 60_000;
/** Of one function at a time, so that writers meet; and of all together enough that none begins cold again and again. */
const ENVIRONMENTS = 6;
/** Tables are read whole for each history, so they are emptied now and then. */
const HISTORIES_PER_TABLE = 25;
/** What comes by itself at some time, and is no work that waits to be done again. */
const HOUSEKEEPING = /forget request tokens|expire items|trim the stream|is due$|^timeout of/;
/** After so many waits something is tried again and again without end. */
const MOST_WAITS = 500;
const QUEUES = ['IngestDlqUrl', 'ProjectionDlqUrl', 'FeedDlqUrl'] as const;

export type Struck = FaultRule & { readonly struck: number };
export type Run = { readonly evidence: Evidence; readonly struck: readonly Struck[] };

/** One deployed system that history after history is put into. */
export class HistoryRunner {
  readonly #system: System;
  readonly #cloud: Cloud;
  readonly #factsUrl: string;
  /** The rule by which parked events that have expired are looked for. It is on only when time leaps over two weeks. */
  readonly #sweep: string;
  #sinceReset = 0;
  /** Streams of histories before: what is left of them in the tables is theirs. */
  #earlier = new Set<string>();

  private constructor(system: System, cloud: Cloud, queues: { readonly factsUrl: string; readonly sweep: string }) {
    this.#system = system;
    this.#cloud = cloud;
    this.#factsUrl = queues.factsUrl;
    this.#sweep = queues.sweep;
  }

  static async start(): Promise<HistoryRunner> {
    const system = await System.start({ environments: ENVIRONMENTS });
    if (!system.cloud) throw new Error('the adversary is part of the local cloud: E2E_OUTPUTS must not be set');
    const factsUrl = await subscribeToFacts(system);
    const { Rules = [] } = await system.bus.send(new ListRulesCommand({}));
    const sweep = Rules.find(({ ScheduleExpression }) => ScheduleExpression !== undefined)?.Name;
    if (!sweep) throw new Error('there is no rule by which expired events are looked for');
    await system.bus.send(new DisableRuleCommand({ Name: sweep }));
    return new HistoryRunner(system, system.cloud, { factsUrl, sweep });
  }

  stop(): Promise<void> {
    return this.#system.stop();
  }

  /** Lets the history happen, with the adversary at work, until everything has come to rest; then looks everywhere. */
  async run(history: History): Promise<Run> {
    const { controls } = this.#cloud;
    if (this.#sinceReset++ % HISTORIES_PER_TABLE === 0 || history.afterExpiry) {
      await controls.reset();
      this.#earlier.clear();
    }
    const clients = new Clients(this.#system, history, () => this.#cloud.clock.now());
    const facts: ReceivedFact[] = [];
    controls.faults.plan({ seed: history.seed, rules: history.faults });
    for (const { clients: calls, until } of history.phases) {
      await clients.act(calls);
      if (until === 'rest') await this.#rest();
      else if (until === 'settled') await this.#settle(clients);
      else if (until !== 'go on') await controls.advance(until);
    }
    if (history.afterExpiry) {
      await this.#settle(clients);
      // The queue keeps its messages no longer than events are parked.
      facts.push(...(await this.#facts()));
      await this.#passTheTimeOfParking();
    }
    const struck = controls.faults.report().rules.map(({ seen: _, ...rule }) => rule);
    controls.faults.clear();
    await this.#settle(clients);
    if (history.afterExpiry) {
      await clients.act(history.afterExpiry);
      await this.#settle(clients);
    }
    if (struck.every((rule) => rule.struck === 0))
      for (const { status, body } of clients.answers)
        if (status >= 500 || status === 0) clients.failures.push(`${status} ${JSON.stringify(body)} without any fault`);
    const [recorded, inbox, views] = await Promise.all([
      this.#scan('EventsTableName'),
      this.#scan('InboxTableName'),
      this.#scan('ViewsTableName'),
    ]);
    const { outputs } = this.#system;
    const unrouted = (await this.#receive(outputs.UnroutedQueueUrl!)).map(({ Body }) => identityOf(JSON.parse(Body!)));
    const deadLetters: string[] = [];
    for (const name of QUEUES)
      for (const { Body } of await this.#receive(outputs[name]!)) deadLetters.push(`${name}: ${Body}`);
    facts.push(...(await this.#facts()));
    const isOfThis = ({ stream }: { readonly stream?: unknown }) => !this.#earlier.has(String(stream));
    const run = {
      struck,
      evidence: {
        history,
        ids: clients.ids,
        answers: clients.answers,
        failures: clients.failures,
        recorded: (recorded as RecordedEvent[]).filter(isOfThis),
        inbox: (inbox as InboxRow[]).filter(isOfThis),
        views: views.filter(isOfThis),
        facts: facts.filter(({ detail }) => isOfThis({ stream: detail.partitionkey })),
        unrouted,
        deadLetters,
      },
    };
    for (const { stream } of [...recorded, ...inbox]) this.#earlier.add(String(stream));
    return run;
  }

  async #rest() {
    const state = await this.#cloud.idle(REST);
    if (!state.idle) throw new Error(`it did not come to rest: ${state.running.join(', ')}`);
    return state;
  }

  /** Until nothing is under way any more, and nothing waits to be tried again. */
  async #settle(clients: Clients): Promise<void> {
    for (let waits = 1; waits <= MOST_WAITS; waits++) {
      const [soonest] = (await this.#rest()).next.filter(({ what }) => !HOUSEKEEPING.test(what));
      if (!soonest) return;
      await this.#cloud.controls.advance(Math.max(0, soonest.inMs) + 1);
    }
    clients.failures.push(`something is still tried again after ${MOST_WAITS} waits`);
  }

  async #passTheTimeOfParking(): Promise<void> {
    await this.#cloud.controls.advance(PARKED_FOR);
    await this.#system.bus.send(new EnableRuleCommand({ Name: this.#sweep }));
    await this.#cloud.controls.advance(SWEPT_TWICE);
    await this.#system.bus.send(new DisableRuleCommand({ Name: this.#sweep }));
  }

  async #scan(output: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let from: ScanCommandOutput['LastEvaluatedKey'];
    do {
      const page: ScanCommandOutput = await this.#system.dynamodb.send(
        new ScanCommand({
          TableName: this.#system.outputs[output],
          ConsistentRead: true,
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) items.push(unmarshall(item));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }

  async #facts(): Promise<ReceivedFact[]> {
    return (await this.#receive(this.#factsUrl)).map(({ Body }) => {
      const { 'detail-type': type, detail } = JSON.parse(Body!);
      return { type, detail };
    });
  }

  /** Everything that is in the queue; it is empty then. */
  async #receive(QueueUrl: string): Promise<Message[]> {
    const received: Message[] = [];
    for (;;) {
      const { Messages = [] } = await this.#system.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return received;
      received.push(...Messages);
      const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle: ReceiptHandle! }));
      await this.#system.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }
}

/** A subscriber as any other: a rule on the bus for facts, to a queue. */
async function subscribeToFacts({ sqs, bus, outputs }: System): Promise<string> {
  const retention = { MessageRetentionPeriod: String((14 * DAY) / 1000) };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'history-facts', Attributes: retention }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const Resource = Attributes!.QueueArn!;
  const allowed = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const onBus = { EventBusName: outputs.OrderBusName };
  const EventPattern = JSON.stringify({ source: ['orderstream'] });
  await bus.send(new PutRuleCommand({ ...onBus, Name: 'history-facts', EventPattern }));
  await bus.send(new PutTargetsCommand({ ...onBus, Rule: 'history-facts', Targets: [{ Id: 'queue', Arn: Resource }] }));
  return QueueUrl!;
}

// biome-ignore lint/suspicious/noExplicitAny: the envelope as it came.
const identityOf = ({ source, id, detail }: any) =>
  detail?.specversion ? { source: detail.source, id: detail.id } : { source, id };
