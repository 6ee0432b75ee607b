import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { EventBus, PutCloudEvent } from '../application/event-bus';
import type { Effects } from '../application/ports';
import { putEvents } from './put-events';

/** Other people's CloudEvents on the bus, as if they had put them there themselves. */
export class EventBridgeEventBus implements EventBus {
  constructor(
    readonly client: EventBridgeClient,
    readonly bus: string,
    readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  put(events: readonly PutCloudEvent[]) {
    return putEvents(
      this,
      events.map(({ source, type, time, event }) => ({ source, detailType: type, time, detail: event })),
    );
  }
}
