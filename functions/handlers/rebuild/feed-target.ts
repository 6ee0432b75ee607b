import type { FeedWriter, ProjectionDeadLetters } from '../../application/read-models/ports';
import type { RebuildTarget } from '../../application/rebuild/ports';
import { feedRowOf } from '../../projections/feed-row';

/**
 * The feed: its rows are the same whenever they are made, so they are written anew where they stand. Only rows: what else
 * project-feed does with an event (facts, parked events) does not happen again.
 */
export function feedTarget(ports: {
  readonly feed: FeedWriter;
  readonly deadLetters: ProjectionDeadLetters;
}): RebuildTarget {
  return {
    inPlace: true,
    async take(_, events) {
      const refused = await ports.feed.put(events.map(feedRowOf));
      if (refused.length > 0) {
        await ports.deadLetters.send(
          refused.map(({ row, error }) => ({ stream: row.stream, version: row.version, error })),
        );
      }
      return { rows: events.length - refused.length, faulted: refused.length, failed: [] };
    },
  };
}
