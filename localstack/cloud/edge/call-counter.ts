import type { Principal } from '../core/service';

/** How often each operation was called since the start, by functions and by everybody else. */
export class CallCounter {
  readonly #counts = new Map<string, { functions: number; others: number }>();

  count(service: string, operation: string, principal: Principal): void {
    const name = `${service}:${operation}`;
    let counts = this.#counts.get(name);
    if (!counts) {
      counts = { functions: 0, others: 0 };
      this.#counts.set(name, counts);
    }
    if (principal.kind === 'role') counts.functions++;
    else counts.others++;
  }

  toJSON(): Record<string, { functions: number; others: number }> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
