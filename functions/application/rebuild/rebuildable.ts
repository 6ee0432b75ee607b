import { insightsProjection } from '../insights/series';
import type { Projection } from '../read-models/projection';
import { FEED } from '../verify/check-feed';

/** A projection that can be rebuilt. */
export type Rebuildable = {
  readonly name: string;
  /** Of its fold, those that this release has. */
  readonly revisions: readonly number[];
  /** Streams that begin so have a row each; undefined: it has no row per stream. */
  readonly prefix?: string;
  /** Parts that it is built in, if nobody says otherwise: where all of them write to the same counters, more are no faster. */
  readonly segments?: number;
  /** What is there is written anew: there is nothing to compare, to switch to or to go back to. */
  readonly inPlace: boolean;
};

/** The projections of this release, the counters, and the feed. */
export function rebuildables(
  projections: readonly Pick<Projection, 'name' | 'revision' | 'prefix'>[],
  insightsRevisions: readonly number[],
): readonly Rebuildable[] {
  const prefixes = new Map(projections.map(({ name, prefix }) => [name, prefix]));
  const rows = [...prefixes].map(([name, prefix]) => {
    const revisions = projections.filter((one) => one.name === name).map(({ revision }) => revision);
    return { name, revisions: revisions.sort((one, other) => one - other), prefix, inPlace: false };
  });
  const insights = { name: insightsProjection.name, revisions: insightsRevisions, segments: 2, inPlace: false };
  return [...rows, insights, { name: FEED, revisions: [1], inPlace: true }];
}
