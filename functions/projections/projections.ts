import type { Projection } from '../application/read-models/projection';
import { inventoryLevel } from './inventory-level';
import { orderSummary } from './order-summary';
import { userProfile } from './user-profile';

/** Every read model that one stream feeds, one per kind of stream. */
export const projections = [orderSummary, userProfile, inventoryLevel] as unknown as readonly Projection[];
