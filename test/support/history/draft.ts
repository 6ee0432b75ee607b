import type { Dice } from './dice';
import type { BusEvent, Call, Command, Saying } from './history';

/** As producers spell the types, beside the names of the catalogue. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  OrderCreated: ['OrderPlaced', 'order.created', 'com.example.order.placed'],
  OrderConfirmed: ['order_confirmed', 'OrderAccepted'],
  OrderPaid: ['PaymentProcessed', 'payment.received', 'order_paid'],
  OrderShipped: ['OrderDispatched', 'com.example.order.shipped'],
  OrderDelivered: ['OrderCompleted', 'order.delivered'],
  OrderCancelled: ['OrderCanceled', 'com.example.order.canceled'],
  StockAdded: ['StockReceived', 'inventory.restocked'],
  UserCreated: ['UserRegistered', 'user.created'],
  UserUpdated: ['user_updated'],
  UserDeleted: ['com.example.user.deleted'],
};

type Ways = {
  readonly bare?: boolean;
  readonly copies?: number;
  readonly malformed?: readonly string[];
  readonly unrouted?: boolean;
};

/** A history while it is being thought up: what is put, how often, and which calls have to follow each other. */
export class Draft {
  readonly events: BusEvent[] = [];
  readonly commands: Command[] = [];
  /** Places in `events`, one for each time that it is put. */
  readonly copies: number[] = [];
  /** Calls that one client makes in this order. */
  readonly sequences: Call[][] = [];
  /** Events that are put only after what waits for them has expired. */
  readonly late: number[] = [];
  #count = 0;
  /** The last id, and the stream that it was for. */
  #lastId = { id: '', stream: '' };

  constructor(
    readonly dice: Dice,
    /** Begins every name, so that no other history has it. */
    readonly prefix: string,
  ) {}

  name(kind: string): string {
    return `${kind}-${this.prefix}-${this.#count++}`;
  }

  /** An event on the bus, put once or more; a bare payload only once, since it has no id of its own. */
  put(saying: Saying, ways: Ways = {}): void {
    const index = this.event(saying, ways);
    const often = ways.copies ?? (this.dice.chance(75) ? 1 : this.dice.int(2, 3));
    const times = this.events[index]?.id === undefined ? 1 : often;
    for (let n = 0; n < times; n++) this.copies.push(index);
  }

  command(command: Command): number {
    return this.commands.push(command) - 1;
  }

  /** An event that somebody may put; its place in `events`. */
  event(saying: Saying, { bare = this.dice.chance(25), malformed = [], unrouted = false }: Ways = {}): number {
    const { dice } = this;
    const spellings = SPELLINGS[saying.type];
    return (
      this.events.push({
        ...saying,
        detailType: spellings && dice.chance(25) ? dice.oneOf(spellings) : saying.type,
        source: dice.pick('shop', 'shop', 'crm', 'https://example.com/till#1'),
        ...(!bare && { id: this.#id(saying.stream), ...this.#time() }),
        malformed,
        unrouted,
      }) - 1
    );
  }

  #time(): Pick<BusEvent, 'time'> {
    const roll = this.dice.int(1, 100);
    return roll <= 50 ? {} : { time: roll <= 90 ? 'of the first put' : 'long ago' };
  }

  /** Ids are a producer's own affair: some use one again for another stream. */
  #id(stream: string): string {
    const { id: last, stream: of } = this.#lastId;
    const again = last !== '' && of !== stream && this.dice.chance(3);
    const id = again ? last : this.name('e');
    // Used again once: in one stream it would be a duplicate.
    this.#lastId = again ? { id: '', stream: '' } : { id, stream };
    return id;
  }
}
