import type { HttpReply, HttpRequest } from './core/http';
import type { CloudContext } from './core/service';
import type { CallCounter } from './edge/call-counter';
import { FrontDoor } from './edge/front-door';
import { moveEndpoint } from './moved-endpoint';
import { addServices } from './services';

/** How long work that is abandoned may take to notice it, in milliseconds of real time. */
const ABANDON_MS = 2_000;

/**
 * The services of the cloud. They hold in memory what stands in the store; so for another state they are stopped, and made
 * anew from the store, as if the cloud had been started on it.
 */
export class RunningServices {
  readonly #context: CloudContext;
  readonly #calls: CallCounter;
  #frontDoor: FrontDoor;
  #changing: Promise<void> | undefined;
  #stopped = false;

  constructor(context: CloudContext, calls: CallCounter) {
    this.#context = context;
    this.#calls = calls;
    this.#frontDoor = this.#make();
  }

  async start(): Promise<void> {
    for (const service of this.#context.registry.services()) await service.start?.();
  }

  /** For good. */
  async stop(): Promise<void> {
    await this.ready();
    this.#stopped = true;
    for (const service of this.#context.registry.services()) await service.stop?.();
  }

  /** Resolves at once, or when the state has changed: a request that comes meanwhile waits for the new one. */
  async ready(): Promise<void> {
    while (this.#changing) await this.#changing;
  }

  handle(request: HttpRequest, host: string): Promise<HttpReply> {
    return this.#frontDoor.handle(request, host);
  }

  /** Drops what is in flight, runs `change` while no service runs, and starts all of them on what is in the store then. */
  async change(change: () => Promise<void>): Promise<void> {
    if (this.#stopped) throw new Error('the local cloud has stopped');
    let changed = () => {};
    this.#changing = new Promise((resolve) => {
      changed = resolve;
    });
    const { registry, clock, activity } = this.#context;
    try {
      for (const service of registry.services()) await service.stop?.({ abandon: true });
      clock.clear();
      await atMost(ABANDON_MS, activity.quiet());
      await change();
    } finally {
      this.#frontDoor = this.#make();
      await this.start();
      this.#changing = undefined;
      changed();
    }
  }

  #make(): FrontDoor {
    moveEndpoint(this.#context.store, this.#context.endpoint());
    addServices(this.#context);
    return new FrontDoor(this.#context, this.#calls);
  }
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let alarm: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    // Real time: how long a person waits.
    alarm = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(alarm);
}
