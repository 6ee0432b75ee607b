import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FACT_SOURCE } from '../application/catalogue';
import type { Effects, Fact, FactPublisher } from '../application/ports';
import { putEvents } from './put-events';

/** Facts on the bus, under the source that the bus lets nobody else use. */
export class EventBridgeFactPublisher implements FactPublisher {
  constructor(
    readonly client: EventBridgeClient,
    readonly bus: string,
    readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  publish(facts: readonly Fact[]) {
    return putEvents(
      this,
      facts.map(({ type, time, detail }) => ({ source: FACT_SOURCE, detailType: type, time, detail })),
    );
  }
}
