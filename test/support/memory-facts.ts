import type { Fact, FactPublisher } from '../../functions/application/ports';

/** The bus in memory, as far as facts go. */
export class MemoryFacts implements FactPublisher {
  readonly published: Fact[] = [];
  /** Fails entries, by type. */
  refuse: ReadonlyMap<string, { readonly error: string; readonly retryable: boolean }> = new Map();

  async publish(facts: readonly Fact[]) {
    return facts.flatMap((fact, index) => {
      const refusal = this.refuse.get(fact.type);
      if (refusal) return [{ index, ...refusal }];
      this.published.push(fact);
      return [];
    });
  }
}
