/** Who takes facts through a queue of its own, so that some can be sent to it alone. */
export const subscribers = ['insights'] as const;

export type Subscriber = (typeof subscribers)[number];

export const isSubscriber = (name: string): name is Subscriber => (subscribers as readonly string[]).includes(name);
