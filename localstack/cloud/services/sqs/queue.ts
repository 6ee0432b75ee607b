import type { Clock, Timer } from '../../core/clock';
import { Heap } from '../../core/heap';
import { randomHex, uuid } from '../../core/ids';
import type { Store } from '../../core/store';
import { Deduplication } from './deduplication';
import { sha256 } from './digests';
import { type MessageContent, type MessageState, readReceiptHandle, receiptHandle } from './message';
import { FifoOrder, type MessageOrder, StandardOrder } from './message-order';
import { MessageStore } from './message-store';
import { type QueueSettings, settingsOf } from './queue-attributes';
import { arnOf, isFifo, keyOf, type QueueRecord } from './queue-record';

export type NewMessage = {
  readonly content: MessageContent;
  /** Milliseconds; the queue's own delay unless given. */
  readonly delay?: number;
  readonly group?: string;
  readonly deduplicationId?: string;
};

export type Sent = { readonly id: string; readonly seq: number };

export type Received = { readonly state: MessageState; readonly handle: string; readonly content: MessageContent };

/** Where messages go that were received too often; undefined when nothing may be sent there. */
export type DeadLetters = (arn: string) => Queue | undefined;

/** The messages of one queue. Synchronous; what it changes, it has written to the store when it returns. */
export class Queue {
  record: QueueRecord;
  settings: QueueSettings;
  readonly #clock: Clock;
  readonly #store: MessageStore;
  readonly #deadLetters: DeadLetters;
  readonly #states = new Map<number, MessageState>();
  readonly #order: MessageOrder;
  /** In flight or delayed. Entries whose time is no longer their message's are leftovers. */
  readonly #hidden = new Heap<{ readonly state: MessageState; readonly until: number }>((a, b) => a.until < b.until);
  readonly #deduplication: Deduplication | undefined;
  readonly #listeners = new Set<() => void>();
  /** No message is older. */
  #oldest = Number.POSITIVE_INFINITY;
  #lastSeq = 0;
  #timer: Timer | undefined;

  constructor(record: QueueRecord, context: { clock: Clock; store: Store }, deadLetters: DeadLetters) {
    this.record = record;
    this.settings = settingsOf(record.attributes);
    this.#clock = context.clock;
    this.#store = new MessageStore(context.store, keyOf(record));
    this.#deadLetters = deadLetters;
    this.#order = isFifo(record) ? new FifoOrder() : new StandardOrder();
    this.#deduplication = isFifo(record) ? new Deduplication(this.#store) : undefined;
    for (const state of this.#store.states()) this.#admit(state, state.receives > 0);
  }

  get arn(): string {
    return arnOf(this.record);
  }

  /** Sends, or, in a FIFO queue, answers as for the equal message of the last five minutes. */
  send(message: NewMessage): Sent {
    const now = this.#clock.now();
    const deduplicationId = message.deduplicationId ?? (this.#deduplication && sha256(message.content.body));
    const key = deduplicationKey(deduplicationId, this.settings.deduplicatePerGroup ? message.group : undefined);
    const before = this.#deduplication?.find(key, now);
    if (before) return before;
    const state: MessageState = {
      seq: this.#nextSeq(now),
      id: uuid(),
      sentAt: now,
      visibleAt: now + (message.delay ?? this.settings.delay),
      receives: 0,
      receivedBefore: 0,
      ...(message.group === undefined ? {} : { group: message.group }),
      ...(deduplicationId === undefined ? {} : { deduplicationId }),
    };
    this.#deduplication?.remember(key, state, now);
    this.#put(state, message.content);
    return state;
  }

  /** Hides what it returns for `visibility` milliseconds. Moves what was received too often to the dead letters. */
  receive(max: number, visibility = this.settings.visibilityTimeout): Received[] {
    const now = this.#clock.now();
    this.#dropExpired(now);
    this.#reveal(now);
    const received: Received[] = [];
    while (received.length < max) {
      const states = this.#order.take(max - received.length);
      if (states.length === 0) break;
      for (const state of states) {
        if (this.#moveToDeadLetters(state)) continue;
        state.receives++;
        state.firstReceivedAt ??= now;
        state.nonce = randomHex(16);
        this.#hide(state, now + visibility);
        received.push({ state, handle: this.#handle(state), content: this.#store.content(state.seq) });
      }
    }
    this.#arm();
    return received;
  }

  /** What a handle stands for; `expired` when the message is gone, visible again, or received anew since. */
  find(handle: string): { state: MessageState; expired: boolean } | 'gone' | 'invalid' {
    const read = readReceiptHandle(keyOf(this.record), handle);
    if (!read) return 'invalid';
    const state = this.#states.get(read.seq);
    if (!state) return 'gone';
    return { state, expired: state.nonce !== read.nonce || state.visibleAt <= this.#clock.now() };
  }

  /** Whether `handle` is the newest for its message. */
  isNewest(handle: string, state: MessageState): boolean {
    return this.#handle(state) === handle;
  }

  delete(state: MessageState): void {
    this.#remove(state);
    // Deleting the last that was in work sets the rest of its group free.
    this.#wake();
  }

  changeVisibility(state: MessageState, ms: number): void {
    this.#hide(state, this.#clock.now() + ms);
    this.#reveal(this.#clock.now());
    this.#arm();
    this.#wake();
  }

  /** Takes over a message of another queue: a dead letter, or one that goes back. */
  adopt(state: Omit<MessageState, 'seq' | 'visibleAt'>, content: MessageContent): void {
    const now = this.#clock.now();
    this.#put({ ...state, seq: this.#nextSeq(now), visibleAt: now }, content);
  }

  /** The message that would be received next. */
  peekNext(): MessageState | undefined {
    const now = this.#clock.now();
    this.#dropExpired(now);
    this.#reveal(now);
    const [state] = this.#order.take(1);
    if (!state) return undefined;
    this.#order.add(state);
    return state;
  }

  /** Redrives the next message: for the other queue it is a new one, with another id and the time of now. */
  moveNextTo(queue: Queue): void {
    const [state] = this.#order.take(1);
    if (!state) return;
    const content = this.#store.content(state.seq);
    this.#remove(state);
    const { group, deduplicationId } = state;
    queue.adopt(
      {
        id: uuid(),
        sentAt: this.#clock.now(),
        receives: 0,
        receivedBefore: 0,
        ...(group === undefined ? {} : { group }),
        ...(deduplicationId === undefined ? {} : { deduplicationId }),
      },
      content,
    );
  }

  purge(): void {
    this.#store.clear();
    this.#states.clear();
    this.#order.clear();
    this.#hidden.clear();
    this.#arm();
  }

  /** After this nothing of the queue is left, and it wakes nobody. */
  destroy(): void {
    this.purge();
    this.#listeners.clear();
  }

  configure(record: QueueRecord): void {
    this.record = record;
    this.settings = settingsOf(record.attributes);
  }

  /** Counts as `GetQueueAttributes` shows them. */
  counts(): { visible: number; inFlight: number; delayed: number } {
    const now = this.#clock.now();
    this.#dropExpired(now);
    this.#reveal(now);
    const counts = { visible: 0, inFlight: 0, delayed: 0 };
    for (const { visibleAt, receives } of this.#states.values()) {
      if (visibleAt <= now) counts.visible++;
      else if (receives > 0) counts.inFlight++;
      else counts.delayed++;
    }
    return counts;
  }

  /** Calls `wake` at once when a message can be received, and each time that one becomes receivable. */
  onMessage(wake: () => void): () => void {
    this.#listeners.add(wake);
    this.#arm();
    if (!this.#order.isEmpty) wake();
    return () => this.#listeners.delete(wake);
  }

  #handle(state: MessageState): string {
    return receiptHandle(keyOf(this.record), state);
  }

  #nextSeq(now: number): number {
    // By the clock, so that numbers rise across restarts without being kept.
    this.#lastSeq = Math.max(this.#lastSeq + 1, Math.floor(now) * 1_000);
    return this.#lastSeq;
  }

  #put(state: MessageState, content: MessageContent): void {
    this.#store.add(state, content);
    this.#admit(state, false);
    this.#arm();
    if (state.visibleAt <= this.#clock.now()) this.#wake();
  }

  #admit(state: MessageState, taken: boolean): void {
    this.#states.set(state.seq, state);
    this.#oldest = Math.min(this.#oldest, state.sentAt);
    this.#lastSeq = Math.max(this.#lastSeq, state.seq);
    if (state.visibleAt <= this.#clock.now()) {
      this.#order.add(state);
      return;
    }
    if (taken) this.#order.resumeTaken(state);
    this.#hidden.push({ state, until: state.visibleAt });
  }

  #hide(state: MessageState, until: number): void {
    state.visibleAt = until;
    this.#store.update(state);
    this.#hidden.push({ state, until });
  }

  /** Makes receivable what is due. */
  #reveal(now: number): boolean {
    let revealed = false;
    for (let next = this.#hidden.peek(); next && next.until <= now; next = this.#hidden.peek()) {
      this.#hidden.pop();
      if (next.state.visibleAt !== next.until || this.#states.get(next.state.seq) !== next.state) continue;
      this.#order.add(next.state);
      revealed = true;
    }
    return revealed;
  }

  #remove(state: MessageState): void {
    this.#states.delete(state.seq);
    this.#order.remove(state);
    this.#store.remove(state.seq);
  }

  #dropExpired(now: number): void {
    const limit = now - this.settings.retention;
    if (this.#oldest > limit) return;
    this.#oldest = Number.POSITIVE_INFINITY;
    for (const state of [...this.#states.values()]) {
      if (state.sentAt <= limit) this.#remove(state);
      else this.#oldest = Math.min(this.#oldest, state.sentAt);
    }
  }

  #moveToDeadLetters(state: MessageState): boolean {
    const { redrive } = this.settings;
    if (!redrive || state.receives < redrive.maxReceiveCount) return false;
    const target = this.#deadLetters(redrive.deadLetterArn);
    if (!target) return false;
    const content = this.#store.content(state.seq);
    this.#remove(state);
    const { nonce: _, firstReceivedAt: __, ...kept } = state;
    target.adopt(
      { ...kept, receives: 0, receivedBefore: state.receivedBefore + state.receives, deadLetterOf: this.arn },
      content,
    );
    return true;
  }

  #wake(): void {
    if (this.#order.isEmpty) return;
    for (const listener of [...this.#listeners]) listener();
  }

  /** One timer for the whole queue, for the message that becomes visible first. */
  #arm(): void {
    for (let next = this.#hidden.peek(); next; next = this.#hidden.peek()) {
      if (next.state.visibleAt === next.until && this.#states.get(next.state.seq) === next.state) break;
      this.#hidden.pop();
    }
    const until = this.#hidden.peek()?.until;
    if (this.#timer && this.#timer.dueAt === until) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (until === undefined) return;
    this.#timer = this.#clock.after(
      until - this.#clock.now(),
      `sqs: a message of ${this.record.name} becomes visible`,
      () => {
        this.#timer = undefined;
        if (this.#reveal(this.#clock.now())) this.#wake();
        this.#arm();
      },
    );
  }
}

const deduplicationKey = (id: string | undefined, group: string | undefined): string =>
  group === undefined ? `${id}` : `${group}\0${id}`;
