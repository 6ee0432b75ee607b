import { ORDER_STREAMS } from '../insights/order-fact';

/**
 * Who takes facts through a queue of its own, so that some can be sent to it alone; and of which streams its rule brings
 * it facts, by how their names begin.
 */
export const subscribers = {
  insights: { streams: ORDER_STREAMS },
} as const satisfies Record<string, { readonly streams: string }>;

export type Subscriber = keyof typeof subscribers;

export const isSubscriber = (name: string): name is Subscriber => Object.hasOwn(subscribers, name);
