import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand, EnableRuleCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import type { Cloud } from '../../../localstack/cloud/cloud';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { System } from '../system';
import { verifiedTables } from '../verified-tables';
import { Clients } from './clients';
import type { Evidence, InboxRow } from './evidence';
import type { History, Phase } from './history';
import { deadLetterQueues, Queues } from './queues';

/** How long events wait in the Inbox, by the stage. */
const PARKED_FOR = 14 * 24 * 3_600_000;
/** The sweep comes every hour. */
const SWEPT_TWICE = 2.5 * 3_600_000;
const REST = 60_000;
const LANES = 2;
/** Of one function at a time, so that writers meet; and of all together enough that none begins cold again and again. */
const ENVIRONMENTS = 4;
/** Tables are read whole for each history, so they are emptied now and then. */
const HISTORIES_PER_TABLE = 25;
/** The product's checker takes a tenth of the time that a history does; the model looks at every one. */
const VERIFIED_EVERY = 5;
/** What comes by itself at some time, and is no work that waits to be done again. */
const HOUSEKEEPING = /forget request tokens|expire items|trim the stream|(is|are) due$|^timeout of/;
/** After so many waits something is tried again and again without end. */
const MOST_WAITS = 500;
/** So often does Lambda run a function with an event before it is a dead letter. */
const RUNS = 3;

export type Struck = FaultRule & { readonly struck: number };
export type Run = { readonly evidence: Evidence; readonly struck: readonly Struck[] };

/** One deployed system that history after history is put into. */
export class HistoryRunner {
  readonly #system: System;
  readonly #cloud: Cloud;
  readonly #queues: Queues;
  /** The rule by which parked events that have expired are looked for. It is on only when time leaps over two weeks. */
  readonly #sweep: string;
  #sinceReset = 0;
  /** Streams of histories before: what is left of them in the tables is theirs. */
  #earlier = new Set<string>();

  private constructor(system: System, cloud: Cloud, parts: { readonly queues: Queues; readonly sweep: string }) {
    this.#system = system;
    this.#cloud = cloud;
    this.#queues = parts.queues;
    this.#sweep = parts.sweep;
  }

  static async start(): Promise<HistoryRunner> {
    const system = await System.start({ environments: ENVIRONMENTS });
    if (!system.cloud) throw new Error('the adversary is part of the local cloud: E2E_OUTPUTS must not be set');
    const { Rules = [] } = await system.bus.send(new ListRulesCommand({}));
    const scheduled = Rules.flatMap(({ ScheduleExpression, Name }) => (ScheduleExpression && Name ? [Name] : []));
    const sweep = scheduled.find((name) => name.includes('Sweep'));
    if (!sweep) throw new Error('there is no rule by which expired events are looked for');
    // Who looks every minute would look twenty thousand times when time leaps over two weeks.
    for (const Name of scheduled) await system.bus.send(new DisableRuleCommand({ Name }));
    return new HistoryRunner(system, system.cloud, { queues: await Queues.of(system), sweep });
  }

  /** As many systems as keep two cores busy: one waits now and then, for retries and for steps on their way. */
  static async startLanes(): Promise<readonly HistoryRunner[]> {
    const runners: HistoryRunner[] = [];
    for (let lane = 1; lane <= LANES; lane++) runners.push(await HistoryRunner.start());
    return runners;
  }

  stop(): Promise<void> {
    return this.#system.stop();
  }

  /** Lets the history happen, with the adversary at work, until everything has come to rest; then looks everywhere. */
  async run(history: History): Promise<Run> {
    if (this.#sinceReset % HISTORIES_PER_TABLE === 0 || history.afterExpiry) await this.#beginAnew();
    const run = await this.#happen(history);
    // Behind a history that did not end well the next one begins anew.
    this.#sinceReset++;
    return run;
  }

  async #happen(history: History): Promise<Run> {
    const { faults } = this.#cloud.controls;
    const clients = new Clients(this.#system, history, () => this.#cloud.clock.now());
    faults.plan({ seed: history.seed, rules: history.faults });
    for (const phase of history.phases) await this.#pass(phase, clients);
    if (history.afterExpiry) {
      await this.#settle();
      // Queues keep their messages no longer than events are parked.
      await this.#queues.take();
      await this.#passTheTimeOfParking();
    }
    const struck = faults.report().rules.map(({ seen: _, ...rule }) => rule);
    faults.clear();
    await this.#settle();
    if (history.afterExpiry) await this.#pass({ clients: history.afterExpiry, until: 'settled' }, clients);
    await this.#queues.take();
    await this.#redriveWhatWasKilled(struck);
    return { struck, evidence: await this.#look(clients, struck) };
  }

  async #beginAnew(): Promise<void> {
    await this.#cloud.controls.reset();
    this.#queues.forget();
    this.#earlier.clear();
    this.#sinceReset = 0;
  }

  async #pass({ clients: calls, until }: Phase, clients: Clients): Promise<void> {
    await clients.act(calls);
    if (until === 'rest') await this.#rest();
    else if (until === 'settled') await this.#settle();
  }

  async #rest() {
    const state = await this.#cloud.idle(REST);
    if (!state.idle) throw new Error(`it did not come to rest: ${state.running.join(', ')}`);
    return state;
  }

  /** Until nothing is under way any more, and nothing waits to be tried again. */
  async #settle(): Promise<void> {
    for (let waits = 1; waits <= MOST_WAITS; waits++) {
      const [soonest] = (await this.#rest()).next.filter(({ what }) => !HOUSEKEEPING.test(what));
      if (!soonest) return;
      await this.#cloud.controls.advance(Math.max(0, soonest.inMs) + 1);
    }
    throw new Error(`something is still tried again after ${MOST_WAITS} waits: ${(await this.#rest()).next[0]?.what}`);
  }

  async #passTheTimeOfParking(): Promise<void> {
    await this.#cloud.controls.advance(PARKED_FOR);
    await this.#system.bus.send(new EnableRuleCommand({ Name: this.#sweep }));
    await this.#cloud.controls.advance(SWEPT_TWICE);
    await this.#system.bus.send(new DisableRuleCommand({ Name: this.#sweep }));
  }

  /** An event that the adversary has killed three times is a dead letter, and goes back as one; any other one stays. */
  async #redriveWhatWasKilled(struck: readonly Struck[]): Promise<void> {
    const letters = this.#queues.of('ingest dead letters').length;
    const kills = struck.filter(isKill).reduce((sum, rule) => sum + rule.struck, 0);
    if (letters === 0 || letters > kills / RUNS) return;
    await this.#queues.redrive();
    await this.#settle();
    await this.#queues.take();
  }

  async #look({ history, ids, answers, failures }: Clients, struck: readonly Struck[]): Promise<Evidence> {
    const [recorded, inbox, views, verified] = await Promise.all([
      this.#scan<RecordedEvent>('EventsTableName'),
      this.#scan<InboxRow>('InboxTableName'),
      this.#scan<Readonly<Record<string, unknown>>>('ViewsTableName'),
      history.seed % VERIFIED_EVERY === 0
        ? verifiedTables(this.#system, () => new Date(this.#cloud.clock.now()))
        : { findings: [] },
    ]);
    const isOfThis = ({ stream }: { readonly stream?: unknown }) => !this.#earlier.has(String(stream));
    const queues = this.#queues;
    const deadLetters = deadLetterQueues.flatMap((queue) =>
      queues.of(queue).map((letter) => `${queue}: ${JSON.stringify(letter)}`),
    );
    const unexplained = struck.some((rule) => rule.struck > 0)
      ? []
      : answers.filter(({ status }) => status >= 500 || status === 0);
    const evidence: Evidence = {
      history,
      ids,
      answers,
      failures: [...failures, ...unexplained.map((answer) => `without any fault: ${JSON.stringify(answer)}`)],
      recorded: recorded.filter(isOfThis),
      inbox: inbox.filter(isOfThis),
      views: views.filter(isOfThis),
      // Those of histories before as well: each names its stream.
      verified: verified.findings,
      facts: queues
        .of('facts')
        .map(({ 'detail-type': type, detail }) => ({ type, detail }))
        .filter(({ detail }) => isOfThis({ stream: detail.partitionkey })),
      unrouted: queues.of('unrouted').map(identityOf),
      deadLetters,
    };
    queues.forget();
    for (const { stream } of [...recorded, ...inbox]) this.#earlier.add(stream);
    return evidence;
  }

  async #scan<Row>(output: string): Promise<Row[]> {
    const items: Row[] = [];
    let from: ScanCommandOutput['LastEvaluatedKey'];
    do {
      const page: ScanCommandOutput = await this.#system.dynamodb.send(
        new ScanCommand({
          TableName: this.#system.outputs[output],
          ConsistentRead: true,
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) items.push(unmarshall(item) as Row);
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }
}

/** It ends a function's run without success. */
const isKill = ({ fault, service, operation }: FaultRule): boolean =>
  fault.startsWith('crash') || (fault === 'error' && service === 'lambda' && operation === 'Invocation');

// biome-ignore lint/suspicious/noExplicitAny: the envelope as it came.
const identityOf = ({ source, id, detail }: any) =>
  detail?.specversion ? { source: detail.source, id: detail.id } : { source, id };
