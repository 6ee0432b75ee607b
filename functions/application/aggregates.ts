import type { Decision } from '../domain/decision';
import { available, decideInventory, evolveInventory, type InventoryEvent, noInventory } from '../domain/inventory';
import { decideOrder, evolveOrder, noOrder, type OrderEvent, type OrderState } from '../domain/order';
import { decideUser, evolveUser, noUser, type UserEvent, type UserState } from '../domain/user';
import type { Aggregate } from './catalogue';
import type { LoadedStream } from './ports';
import type { RecordedEvent } from './recorded-event';
import { foldable } from './snapshots';
import { understood } from './upcasted';

export type DomainEvent = OrderEvent | InventoryEvent | UserEvent;

/** A decider as the use cases see it, whatever the aggregate. */
type Aggregated<State, Event extends DomainEvent> = {
  readonly initialState: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (state: State, event: Event) => Decision<Event>;
  /** What the fact of `event` says beyond its payload. No personal data. */
  readonly fact: (before: State, after: State, event: Event) => Readonly<Record<string, unknown>>;
};

export const orders: Aggregated<OrderState, OrderEvent> = {
  initialState: noOrder,
  evolve: evolveOrder,
  decide: decideOrder,
  fact: (before, after, event) => {
    if (after.status === 'none') return {};
    const { userId, total, currency, items } = after;
    // Invoice, dispatch note and release of stock are made from the lines; the other steps can do without them.
    const needsItems = event.type === 'OrderPaid' || event.type === 'OrderShipped' || event.type === 'OrderCancelled';
    return {
      userId,
      statusBefore: before.status,
      statusAfter: after.status,
      total,
      currency,
      ...(needsItems && { items }),
    };
  },
};

export const inventory: Aggregated<typeof noInventory, InventoryEvent> = {
  initialState: noInventory,
  evolve: evolveInventory,
  decide: decideInventory,
  fact: (_, after) => ({ onHand: after.onHand, reserved: after.reserved, available: available(after) }),
};

export const users: Aggregated<UserState, UserEvent> = {
  initialState: noUser,
  evolve: evolveUser,
  decide: decideUser,
  fact: (before, after, event) => ({
    statusBefore: before.status,
    statusAfter: after.status,
    // Of the data themselves none: they are personal.
    ...(event.type === 'UserUpdated' && { changed: fieldsOf(event.data) }),
  }),
};

const fieldsOf = ({ userId: _, ...fields }: { readonly userId: string }): string[] => Object.keys(fields).sort();

/** The recorded event as its decider sees it, in today's form. The one place where stored data become typed. */
export function domainEvent<Event extends DomainEvent = DomainEvent>(recorded: RecordedEvent): Event {
  const { type, data } = understood(recorded);
  return { type, data } as unknown as Event;
}

export const foldOrder = (events: readonly RecordedEvent[], from: OrderState = noOrder): OrderState =>
  events.reduce((state, event) => evolveOrder(state, domainEvent<OrderEvent>(event)), from);

export const foldUser = (events: readonly RecordedEvent[], from: UserState = noUser): UserState =>
  events.reduce((state, event) => evolveUser(state, domainEvent<UserEvent>(event)), from);

export const foldInventory = (events: readonly RecordedEvent[], from = noInventory): typeof noInventory =>
  events.reduce((state, event) => evolveInventory(state, domainEvent<InventoryEvent>(event)), from);

/** A decider's word on an event, and what it saw. */
export type Judged = {
  readonly decision: Decision<DomainEvent>;
  readonly before: unknown;
  /** For each event to append, what the stream then is and what its fact says. */
  readonly steps: readonly Step[];
};

export type Step = {
  readonly event: DomainEvent;
  readonly after: unknown;
  readonly fact: Readonly<Record<string, unknown>>;
};

/** Asks the decider of `aggregate` about `event`, behind what was loaded. */
export function judge(aggregate: Aggregate, loaded: LoadedStream, event: DomainEvent): Judged {
  switch (aggregate) {
    case 'order':
      return judgeWith(orders, loaded, event as OrderEvent);
    case 'inventory':
      return judgeWith(inventory, loaded, event as InventoryEvent);
    case 'user':
      return judgeWith(users, loaded, event as UserEvent);
  }
}

function judgeWith<State, Event extends DomainEvent>(
  decider: Aggregated<State, Event>,
  loaded: LoadedStream,
  event: Event,
): Judged {
  const before = stateOf(decider, loaded);
  const decision = decider.decide(before, event);
  if (decision.kind !== 'append') return { decision, before, steps: [] };
  return { decision, before, steps: stepsOf(decider, before, decision.events) };
}

/** The state of a stream, from its snapshot on. */
export function stateOf<State, Event extends DomainEvent>(
  { initialState, evolve }: Pick<Aggregated<State, Event>, 'initialState' | 'evolve'>,
  loaded: LoadedStream,
): State {
  const [state, events] = foldable(loaded, initialState);
  return events.reduce((so, past) => evolve(so, domainEvent<Event>(past)), state);
}

/** What each of the events leads to. */
export function stepsOf<State, Event extends DomainEvent>(
  { evolve, fact }: Pick<Aggregated<State, Event>, 'evolve' | 'fact'>,
  from: State,
  events: readonly Event[],
): readonly Step[] {
  let state = from;
  return events.map((event) => {
    const before = state;
    state = evolve(before, event);
    return { event, after: state, fact: fact(before, state, event) };
  });
}
