import type { BusAccess, BusEntry } from '../../../localstack/cloud/core/peers';

/** A bus that remembers what was put on it. */
export class FakeBus implements BusAccess {
  readonly entries: (BusEntry & { readonly bus: string })[] = [];

  put(bus: string, entry: BusEntry): void {
    this.entries.push({ bus, ...entry });
  }
}
