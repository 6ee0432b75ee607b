import type { Projection } from '../application/read-models/projection';
import { inventoryLevel } from './inventory-level';
import { orderSummary } from './order-summary';
import { userProfile } from './user-profile';

/**
 * Every read model that one stream feeds, one per kind of stream. While a projection is being rebuilt with a new fold, the
 * folds of both revisions stand here; the older one leaves when no generation is made by it any more.
 */
export const projections = [orderSummary, userProfile, inventoryLevel] as unknown as readonly Projection[];
