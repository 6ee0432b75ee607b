import { systemEffects } from '../adapters/system-effects';
import { makeSweepInbox } from '../application/sweep-inbox';
import { redelivery, storedInbox, telemetry } from '../composition';
import { observed } from './middleware';

const sweep = makeSweepInbox({ inbox: storedInbox(), redelivery: redelivery(), effects: systemEffects });
const metrics = telemetry('sweep-inbox');

export const handler = observed(metrics, async () => {
  const expired = await sweep();
  if (expired === 0) return;
  metrics.count('Expired', expired);
  metrics.info('expired events are decided a last time', { expired });
});
