import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ORDER_STREAMS } from '../../application/insights/order-fact';
import type { PublishedTally } from '../../application/monitor/ports';
import type { Effects } from '../../application/ports';
import type { FeedCompanion } from '../feed/feed-writer';
import { PUBLISHED, tallyItem } from './published-item';

/** A tally that has not been written for so long is given up for a new one: the monitor may have put it away meanwhile. */
export const GIVEN_UP_AFTER_MS = 12 * 60 * 60 * 1000;

/**
 * Counts the facts that this environment of project-feed publishes, without a call of its own: its number so far rides along
 * with the feed rows of each batch, which are of the same events. Each environment has an item of its own and only replaces it,
 * so that one that is lost on the way is made up for by the next.
 */
export class RidingTally implements PublishedTally, FeedCompanion {
  #id: string | undefined;
  #count = 0;
  #shown = 0;
  #shownAt = 0;

  constructor(
    readonly table: string,
    private readonly effects: Pick<Effects, 'now' | 'newId'>,
  ) {}

  itemWith(rows: readonly { readonly stream: string }[]): Record<string, AttributeValue> {
    const now = this.effects.now();
    if (this.#id === undefined || now.getTime() - this.#shownAt > GIVEN_UP_AFTER_MS) {
      this.#id = this.effects.newId();
      this.#count -= this.#shown;
    }
    this.#count += rows.filter(({ stream }) => stream.startsWith(ORDER_STREAMS)).length;
    this.#shown = this.#count;
    this.#shownAt = now.getTime();
    return tallyItem(PUBLISHED, this.#id, this.#count, now);
  }

  takeOff(untaken: number): void {
    this.#count -= untaken;
  }
}
