import type { FaultAnnouncer, FaultMet } from '../../functions/application/faults/ports';

/** Remembers the faults that were announced. */
export class MemoryFaults implements FaultAnnouncer {
  readonly announced: FaultMet[] = [];
  /** Runs before one is: a place for a bus that does not take it. */
  before: (fault: FaultMet) => void = () => {};

  async met(fault: FaultMet) {
    this.before(fault);
    this.announced.push(fault);
  }
}
