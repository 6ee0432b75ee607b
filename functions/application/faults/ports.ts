import type { Fault } from '../read-models/rows';
import type { RecordedEvent } from '../recorded-event';

/** A fault as a projector meets it: where, and the event itself, unless not even that can be read. */
export type FaultMet = Omit<Fault, 'seen'> & {
  readonly projection: string;
  readonly stream: string;
  readonly generation: number;
  readonly event?: RecordedEvent | undefined;
};

export interface FaultAnnouncer {
  /** Says that there is a new fault. At least once; throws when it could not be said. */
  met(fault: FaultMet): Promise<void>;
}
