import { setImmediate } from 'node:timers/promises';

/** The calls of a port, as functions. */
// biome-ignore lint/suspicious/noExplicitAny: any port at all.
type Port = Record<string, any>;

/**
 * A run of some code that stops before every call of a port until it is told to go on. It can be left there for ever: that
 * is a crash. What its calls have told it is its whole memory, so two runs with the same memory go on alike.
 */
export class SteppedActor {
  /** What it has been told so far. */
  readonly memory: string[] = [];
  private readonly waiting: { readonly label: string; readonly go: () => void }[] = [];
  /** What it threw. */
  failure: string | undefined;

  constructor(
    readonly name: string,
    run: (actor: SteppedActor) => Promise<unknown>,
  ) {
    run(this).catch((error: unknown) => {
      this.failure = String(error);
    });
  }

  /** The calls that it is about to make; none: it has ended. */
  get steps(): readonly string[] {
    return this.waiting.map(({ label }) => label);
  }

  /** Makes the call, and runs until the next ones. */
  async take(label: string): Promise<void> {
    const index = this.waiting.findIndex((one) => one.label === label);
    if (index < 0) throw new Error(`${this.name} is not about to ${label}, but to ${this.steps.join(', ')}`);
    this.waiting.splice(index, 1)[0]?.go();
    await settled();
  }

  /** The port as this actor sees it: each call is a step. */
  stepping<P extends object>(port: P, name: string): P {
    return new Proxy(port, {
      get: (target: Port, method: string) => {
        const member = target[method];
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          // Not a call over the wire.
          if (method === 'assumeEmpty') return member.apply(target, args);
          return this.call(`${name}.${method}`, () => member.apply(target, args));
        };
      },
    }) as P;
  }

  private async call(label: string, effect: () => Promise<unknown>): Promise<unknown> {
    await this.turn(label);
    try {
      const answer = await effect();
      this.memory.push(`${label}: ${JSON.stringify(answer)}`);
      return answer;
    } catch (error) {
      this.memory.push(`${label} failed: ${String(error)}`);
      throw error;
    }
  }

  private turn(label: string): Promise<void> {
    return new Promise((go) => this.waiting.push({ label, go }));
  }
}

/** Everything that follows by itself has happened: the ports are in memory, so microtasks are all there is. */
export const settled = (): Promise<void> => setImmediate().then(() => undefined);
