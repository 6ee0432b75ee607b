import type { Clock, Timer } from '../../core/clock';
import { randomHex, uuid } from '../../core/ids';
import type { CloudContext } from '../../core/service';
import type { Trace } from '../../core/trace';
import { Deduplication } from './deduplication';
import { sha256 } from './digests';
import { FifoOrder } from './fifo-order';
import { HiddenMessages } from './hidden-messages';
import { type MessageContent, type MessageState, readReceiptHandle, receiptHandle } from './message';
import type { MessageOrder } from './message-order';
import { MessageStore } from './message-store';
import { type QueueSettings, settingsOf } from './queue-attributes';
import { arnOf, isFifo, keyOf, type QueueRecord } from './queue-record';
import { ReceiveAttempts } from './receive-attempts';
import { ReceiveFaults } from './receive-faults';
import { StandardOrder } from './standard-order';

export type QueueContext = Pick<CloudContext, 'clock' | 'store' | 'faults' | 'trace'> & {
  /** How many messages of one queue can be in flight. */
  readonly maxInFlight: number;
};

export type NewMessage = {
  readonly content: MessageContent;
  /** Milliseconds; the queue's own delay unless given. */
  readonly delay?: number;
  readonly group?: string;
  readonly deduplicationId?: string;
};

export type Sent = { readonly id: string; readonly seq: number };

export type Receive = {
  readonly max: number;
  /** Milliseconds; the queue's own visibility timeout unless given. */
  readonly visibility?: number | undefined;
  /** Who receives, as the adversary knows callers. */
  readonly caller: string;
  /** FIFO: names the receive, so that it can be tried again. */
  readonly attemptId?: string | undefined;
};

export type Received = { readonly state: MessageState; readonly handle: string; readonly content: MessageContent };

/** Where messages go that were received too often; undefined when nothing may be sent there. */
export type DeadLetters = (arn: string) => Queue | undefined;

/** The messages of one queue. Synchronous; what it changes, it has written to the store when it returns. */
export class Queue {
  record: QueueRecord;
  settings: QueueSettings;
  readonly arn: string;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #maxInFlight: number;
  readonly #store: MessageStore;
  readonly #deadLetters: DeadLetters;
  readonly #states = new Map<number, MessageState>();
  readonly #order: MessageOrder;
  readonly #hidden = new HiddenMessages();
  readonly #deduplication: Deduplication | undefined;
  readonly #attempts: ReceiveAttempts | undefined;
  readonly #faults: ReceiveFaults | undefined;
  readonly #listeners = new Set<() => void>();
  /** No message is older. */
  #oldest = Number.POSITIVE_INFINITY;
  #lastSeq = 0;
  #timer: Timer | undefined;

  constructor(record: QueueRecord, context: QueueContext, deadLetters: DeadLetters) {
    this.record = record;
    this.settings = settingsOf(record.attributes);
    this.arn = arnOf(record);
    this.#key = keyOf(record);
    this.#clock = context.clock;
    this.#trace = context.trace;
    this.#maxInFlight = context.maxInFlight;
    this.#store = new MessageStore(context.store, this.#key);
    this.#deadLetters = deadLetters;
    const fifo = isFifo(record);
    this.#order = fifo ? new FifoOrder() : new StandardOrder();
    this.#deduplication = fifo ? new Deduplication(this.#store) : undefined;
    this.#attempts = fifo ? new ReceiveAttempts(this.#store) : undefined;
    this.#faults = fifo ? undefined : new ReceiveFaults(context.faults, this.arn);
    for (const state of this.#store.states()) this.#admit(state, state.receives > 0);
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
    const { cause } = this.#trace;
    this.#put(state, cause === undefined ? message.content : { ...message.content, cause });
    return state;
  }

  /** Hides what it returns for the visibility timeout. Moves what was received too often to the dead letters. */
  receive({ max, visibility = this.settings.visibilityTimeout, caller, attemptId }: Receive): Received[] {
    const now = this.#clock.now();
    this.#dropExpired(now);
    this.#reveal(now);
    const again = attemptId === undefined ? undefined : this.#receiveAgain(attemptId, now, visibility);
    if (again) return again;
    const received: Received[] = [];
    const room = Math.min(max, this.#maxInFlight - this.#hidden.inFlight);
    const random = this.#faults?.active && !this.#order.isEmpty ? this.#faults.reordering(caller) : undefined;
    while (received.length < room) {
      const states = this.#order.take(room - received.length, random);
      if (states.length === 0) break;
      for (const state of states) {
        if (this.#moveToDeadLetters(state)) continue;
        const twice = this.#faults?.active === true && this.#faults.duplicates(state, caller);
        received.push(this.#deliver(state, now, visibility, twice));
      }
    }
    const states = received.map(({ state }) => state);
    if (attemptId !== undefined) this.#attempts?.remember(attemptId, states, now, false);
    this.#arm();
    return received;
  }

  /** As many are in flight as can be. */
  get isFull(): boolean {
    this.#reveal(this.#clock.now());
    return this.#hidden.inFlight >= this.#maxInFlight;
  }

  /** What a handle stands for; `expired` when the message is gone, visible again, or received anew since. */
  find(handle: string): { state: MessageState; expired: boolean } | 'gone' | 'invalid' {
    const read = readReceiptHandle(this.#key, handle);
    if (!read) return 'invalid';
    const state = this.#states.get(read.seq);
    if (!state) return 'gone';
    return { state, expired: state.nonce !== read.nonce || state.visibleAt <= this.#clock.now() };
  }

  /** Whether `handle` is the newest for its message. */
  isNewest(handle: string, { seq, nonce }: MessageState): boolean {
    return receiptHandle(this.#key, seq, nonce) === handle;
  }

  /** How long ago the newest receive of a message was, in milliseconds. */
  inFlightFor({ receivedAt }: MessageState): number {
    return receivedAt === undefined ? 0 : this.#clock.now() - receivedAt;
  }

  delete(state: MessageState): void {
    this.#remove(state);
    if (this.#hidden.next() === undefined) this.#arm();
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
    // A FIFO queue counts its retention from now; a standard queue goes on with the time that the message had.
    const sentAt = isFifo(this.record) ? now : state.sentAt;
    this.#put({ ...state, sentAt, seq: this.#nextSeq(now), visibleAt: now }, content);
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
  moveNextTo(queue: Queue, task: string | undefined): void {
    const [state] = this.#order.take(1);
    if (!state) return;
    const content = this.#store.content(state.seq);
    this.#remove(state);
    const { group, deduplicationId } = state;
    const moved = {
      id: uuid(),
      sentAt: this.#clock.now(),
      receives: 0,
      receivedBefore: 0,
      ...(group === undefined ? {} : { group }),
      ...(deduplicationId === undefined ? {} : { deduplicationId }),
    };
    this.#handOver(queue, 'MoveMessage', [content.cause, task], moved, content);
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
    this.#store.destroy();
    this.#listeners.clear();
  }

  /** Nothing happens by itself any more, and nobody is woken. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
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
    const { inFlight, delayed } = this.#hidden;
    return { visible: this.#states.size - inFlight - delayed, inFlight, delayed };
  }

  /** Calls `wake` at once when a message can be received, and each time that one becomes receivable. */
  onMessage(wake: () => void): () => void {
    this.#listeners.add(wake);
    this.#arm();
    if (!this.#order.isEmpty) wake();
    return () => this.#listeners.delete(wake);
  }

  #deliver(state: MessageState, now: number, visibility: number, twice: boolean): Received {
    const nonce = randomHex(16);
    state.receives++;
    state.firstReceivedAt ??= now;
    state.receivedAt = now;
    // A copy that nobody has told of this receive: what its receiver does with it does not concern the message.
    if (twice) state.duplicated = true;
    else state.nonce = nonce;
    this.#hide(state, twice ? now : now + visibility);
    return {
      state,
      handle: receiptHandle(this.#key, state.seq, nonce),
      content: this.#store.content(state.seq),
    };
  }

  #receiveAgain(attemptId: string, now: number, visibility: number): Received[] | undefined {
    const states = this.#attempts?.find(attemptId, now, (seq) => this.#states.get(seq));
    if (!states) return undefined;
    for (const state of states) {
      state.receivedAt = now;
      this.#hide(state, now + visibility);
    }
    this.#attempts?.remember(attemptId, states, now, true);
    this.#arm();
    return states.map((state) => ({
      state,
      handle: receiptHandle(this.#key, state.seq, state.nonce),
      content: this.#store.content(state.seq),
    }));
  }

  #nextSeq(now: number): number {
    // By the clock, so that numbers rise across restarts without being kept.
    this.#lastSeq = Math.max(this.#lastSeq + 1, Math.floor(now) * 1_000);
    return this.#lastSeq;
  }

  #put(state: MessageState, content: MessageContent): void {
    this.#store.add(state, content);
    this.#admit(state, false);
    if (state.visibleAt <= this.#clock.now()) this.#wake();
    else this.#arm();
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
    this.#hidden.add(state);
  }

  #hide(state: MessageState, until: number): void {
    state.visibleAt = until;
    this.#store.update(state);
    this.#hidden.add(state);
  }

  /** Makes receivable what is due. */
  #reveal(now: number): boolean {
    const due = this.#hidden.takeDue(now);
    for (const state of due) this.#order.add(state);
    return due.length > 0;
  }

  #remove(state: MessageState): void {
    this.#states.delete(state.seq);
    this.#order.remove(state);
    this.#hidden.remove(state);
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
    const { nonce: _, firstReceivedAt: __, receivedAt: ___, duplicated: ____, ...kept } = state;
    const letter = {
      ...kept,
      receives: 0,
      receivedBefore: state.receivedBefore + state.receives,
      deadLetterOf: this.arn,
    };
    this.#handOver(target, 'MoveToDeadLetterQueue', [content.cause], letter, content);
    return true;
  }

  #handOver(
    target: Queue,
    operation: string,
    causes: readonly (string | undefined)[],
    state: Omit<MessageState, 'seq' | 'visibleAt'>,
    content: MessageContent,
  ): void {
    const cause = this.#trace.note({
      service: 'sqs',
      operation,
      target: target.arn,
      by: 'sqs',
      causes: causes.filter((id) => id !== undefined),
      about: content.body,
    });
    this.#trace.within(cause, () => target.adopt(state, { ...content, cause }));
  }

  #wake(): void {
    if (this.#listeners.size === 0 || this.#order.isEmpty) return;
    for (const listener of [...this.#listeners]) {
      listener();
      // The first may have taken all there was.
      if (this.#order.isEmpty) return;
    }
  }

  /** One timer for the whole queue, for the message that becomes visible first. */
  #arm(): void {
    const until = this.#hidden.next();
    // A timer that comes too early does no harm: it is set anew then.
    if (this.#timer && until !== undefined && this.#timer.dueAt <= until) return;
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
