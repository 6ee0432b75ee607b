import type { OrderLine, OrderStatus } from '../../domain/order';

/** What one projection could not pass: the row stays as it was before `version`, and says so itself. */
export type Fault = {
  /** The first version that could not be folded; the row stands at `version - 1`. */
  readonly version: number;
  readonly error: string;
  /** When it was met. RFC 3339. */
  readonly since: string;
  /** The newest version known to wait behind it; a repair may clear the fault only when it has folded this one. */
  readonly seen: number;
};

/** A row of the Views table that one stream feeds: at most one per stream. */
export type ViewRow = {
  readonly stream: string;
  /** The version of the last event folded; 0 when already the first could not be. */
  readonly version: number;
  readonly fault?: Fault;
};

export const orderStatuses = [
  'created',
  'confirmed',
  'paid',
  'shipped',
  'delivered',
  'cancelled',
] as const satisfies readonly OrderStatus[];

/** Money is in minor units of `currency`. */
export type OrderSummary = ViewRow & {
  readonly orderId: string;
  readonly userId: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly total: number;
  readonly items: readonly OrderLine[];
  readonly shippingFee: number;
  /** By the producers' clocks; `updatedAt` is the latest time of any event folded. RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly confirmedAt?: string;
  readonly paidAt?: string;
  readonly shippedAt?: string;
  readonly deliveredAt?: string;
  readonly cancelledAt?: string;
  readonly paymentId?: string;
  readonly carrier?: string;
  readonly trackingNumber?: string;
  readonly cancelReason?: string;
};

/**
 * In the table only `personal` has the personal fields, sealed; where a stream was opened and folded, `email` and `name`
 * have them. A deleted user's row has nothing of it.
 */
export type UserProfile = ViewRow & {
  readonly userId: string;
  readonly status: 'active' | 'deleted';
  readonly personal?: string;
  readonly email?: string;
  readonly name?: string;
  /** There was something personal, but nobody can read it any more. */
  readonly forgotten?: true;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type InventoryLevel = ViewRow & {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  /** `onHand - reserved`; never negative. */
  readonly available: number;
  readonly updatedAt: string;
};

/** Whether the row has a body, or only says that already its first event could not be folded. */
export function hasBody(row: ViewRow): boolean {
  return row.version > 0;
}
