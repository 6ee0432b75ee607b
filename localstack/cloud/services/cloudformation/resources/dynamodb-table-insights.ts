import type { Properties, ResourceContext } from './handler';
import { asBoolean } from './pick';

type Insights = { readonly Enabled?: unknown; readonly Mode?: string } | undefined;

/** Contributor insights of a table and of each of its global secondary indexes, as far as they differ. */
export async function updateInsights(
  TableName: string,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  const old = insightsIn(before);
  for (const [index, insights] of insightsIn(properties)) {
    const was = old.get(index);
    if (JSON.stringify(insights) === JSON.stringify(was)) continue;
    const enabled = asBoolean(insights?.Enabled);
    if (!enabled && !asBoolean(was?.Enabled)) continue;
    await call('dynamodb', 'UpdateContributorInsights', {
      TableName,
      ...(index !== undefined && { IndexName: index }),
      ContributorInsightsAction: enabled ? 'ENABLE' : 'DISABLE',
      ...(enabled && { ContributorInsightsMode: insights?.Mode ?? 'ACCESSED_AND_THROTTLED_KEYS' }),
    });
  }
}

/** By index; those of the table without one. */
const insightsIn = (properties: Properties): Map<string | undefined, Insights> =>
  new Map([
    [undefined, properties.ContributorInsightsSpecification as Insights],
    ...((properties.GlobalSecondaryIndexes ?? []) as Properties[]).map((index): [string, Insights] => [
      index.IndexName,
      index.ContributorInsightsSpecification,
    ]),
  ]);
