/**
 * Every event type that can be appended: its aggregate, the version of its payload that is written today, and the
 * names that producers use for it. Pure data, so that the stack makes the bus rules from the same constant.
 */

export type Aggregate = 'order' | 'inventory' | 'user';

type Entry = {
  readonly aggregate: Aggregate;
  readonly schemaVersion: number;
  /** It can only be the first event of its stream: it is appended without reading the stream first. */
  readonly opens?: true;
  /** No event of another type follows it: whatever waits for the stream is to be decided now. */
  readonly closes?: true;
  /** It may follow any of several steps, and ends what they lead to: those that happened before it go first. */
  readonly yields?: true;
  /** Nobody puts it: we record it, in the transaction of this event of another stream. */
  readonly recordedWith?: string;
  readonly aliases: readonly string[];
};

/** `OrderPlaced`, `order.placed`, `order_placed`, `com.example.order.placed` and so on for each pair of words. */
function spellings(nouns: readonly string[], verbs: readonly string[]): string[] {
  const upper = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return nouns.flatMap((noun) =>
    verbs.flatMap((verb) => [
      `${upper(noun)}${upper(verb)}`,
      `${noun}.${verb}`,
      `${noun}_${verb}`,
      `com.example.${noun}.${verb}`,
    ]),
  );
}

export const catalogue = {
  OrderCreated: {
    aggregate: 'order',
    schemaVersion: 2,
    opens: true,
    aliases: spellings(['order'], ['created', 'placed']),
  },
  OrderConfirmed: {
    aggregate: 'order',
    schemaVersion: 1,
    aliases: spellings(['order'], ['confirmed', 'accepted']),
  },
  OrderPaid: {
    aggregate: 'order',
    schemaVersion: 1,
    aliases: [...spellings(['order'], ['paid']), ...spellings(['payment'], ['processed', 'received', 'completed'])],
  },
  OrderShipped: {
    aggregate: 'order',
    schemaVersion: 2,
    aliases: spellings(['order'], ['shipped', 'dispatched']),
  },
  OrderDelivered: {
    aggregate: 'order',
    schemaVersion: 1,
    closes: true,
    aliases: spellings(['order'], ['delivered', 'completed']),
  },
  OrderCancelled: {
    aggregate: 'order',
    schemaVersion: 1,
    closes: true,
    yields: true,
    aliases: spellings(['order'], ['cancelled', 'canceled']),
  },
  StockAdded: {
    aggregate: 'inventory',
    schemaVersion: 1,
    aliases: [...spellings(['stock'], ['added', 'received']), ...spellings(['inventory'], ['added', 'restocked'])],
  },
  StockReserved: { aggregate: 'inventory', schemaVersion: 1, recordedWith: 'OrderConfirmed', aliases: [] },
  ReservationReleased: { aggregate: 'inventory', schemaVersion: 1, recordedWith: 'OrderCancelled', aliases: [] },
  ReservationCommitted: { aggregate: 'inventory', schemaVersion: 1, recordedWith: 'OrderShipped', aliases: [] },
  UserCreated: {
    aggregate: 'user',
    schemaVersion: 1,
    opens: true,
    aliases: spellings(['user'], ['created', 'registered']),
  },
  UserUpdated: { aggregate: 'user', schemaVersion: 1, aliases: spellings(['user'], ['updated']) },
  UserDeleted: { aggregate: 'user', schemaVersion: 1, closes: true, aliases: spellings(['user'], ['deleted']) },
} as const satisfies Record<string, Entry>;

export type EventType = keyof typeof catalogue;

export const eventTypes = Object.keys(catalogue) as EventType[];

export const catalogueEntry = (type: EventType): Entry => catalogue[type];

/**
 * Which ingest takes which `detail-type`s on the bus, by prefix, so that a misspelt type reaches a handler that says what
 * is wrong. What none of the prefixes matches is unrouted. Every type and alias begins with a prefix of its aggregate.
 */
export const ingestRoutes = {
  orders: {
    aggregate: 'order',
    prefixes: ['Order', 'order', 'com.example.order', 'Payment', 'payment', 'com.example.payment'],
  },
  inventory: {
    aggregate: 'inventory',
    prefixes: [
      'Stock',
      'stock',
      'com.example.stock',
      'Inventory',
      'inventory',
      'com.example.inventory',
      'Reservation',
      'reservation',
      'com.example.reservation',
    ],
  },
  users: { aggregate: 'user', prefixes: ['User', 'user', 'com.example.user'] },
} as const satisfies Record<string, { readonly aggregate: Aggregate; readonly prefixes: readonly string[] }>;

const byName = new Map<string, EventType>(
  eventTypes.flatMap((type) => [type, ...catalogue[type].aliases].map((name) => [name, type] as const)),
);

/** The type that a producer means by `name`; undefined when the catalogue does not know it. */
export const canonicalType = (name: string): EventType | undefined => byName.get(name);

/** The types that producers may put, of the aggregate whose ingest takes `name`: what the producer may have meant. */
export function typesNear(name: string): readonly EventType[] {
  const route = Object.values(ingestRoutes).find(({ prefixes }) => prefixes.some((prefix) => name.startsWith(prefix)));
  const puttable = eventTypes.filter((type) => catalogueEntry(type).recordedWith === undefined);
  return route ? puttable.filter((type) => catalogue[type].aggregate === route.aggregate) : puttable;
}

/** `order#<id>`, `inventory#<sku>`, `user#<id>`. */
export const streamOf = (aggregate: Aggregate, subject: string): string => `${aggregate}#${subject}`;

/** The aggregate of a stream; undefined for `unaddressed#…`. */
export function aggregateOf(stream: string): Aggregate | undefined {
  const name = stream.slice(0, stream.indexOf('#'));
  return name === 'order' || name === 'inventory' || name === 'user' ? name : undefined;
}

/** The aggregate's id within a stream's name. */
export const subjectOf = (stream: string): string => stream.slice(stream.indexOf('#') + 1);

/** The `Source` of facts on the bus; nobody else may use it, nor a name that begins with it. */
export const FACT_SOURCE = 'orderstream';

/** The source of events that a command caused. */
export const COMMAND_SOURCE = 'orderstream/commands';

/** The source of reservations: they follow from an order's step, so no producer can send one a second time. */
export const RESERVATION_SOURCE = 'orderstream/reservations';

export const isReservedSource = (source: string): boolean =>
  source === FACT_SOURCE || source.startsWith(`${FACT_SOURCE}/`) || source.startsWith(`${FACT_SOURCE}.`);
