import { AwsError, notImplemented } from './aws-error';
import type { Peers } from './peers';
import type { Call, Principal, Service } from './service';

/** One finished invocation of a function, for the person who watches. */
export type InvocationNote = {
  readonly functionName: string;
  readonly requestId: string;
  /** Milliseconds that the handler ran. */
  readonly duration: number;
  readonly cold: boolean;
  readonly outcome: 'ok' | 'error' | 'timeout' | 'throttled';
  /** Error type and message, when it failed. */
  readonly error?: string;
  /** How many records the event had; undefined when it is no batch. */
  readonly records?: number;
  /** What triggered it: `events`, `dynamodb`, `sqs`, `url`, `invoke`. */
  readonly trigger: string;
};

/** A call that policies refused, for the person who watches: each once, until policies change. */
export type Denial = {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** Who was refused, and what would allow it. */
  readonly line: string;
};

/** How emulated services reach each other; none imports another. */
export class Registry {
  readonly #services = new Map<string, Service>();
  readonly #peers: Partial<Record<keyof Peers, unknown>> = {};
  readonly #watchers = new Set<(note: InvocationNote) => void>();
  readonly #denialWatchers = new Set<(denial: Denial) => void>();

  /** Adds a service and, if it offers one, the peer interface of its name. */
  add(service: Service, peer?: Peers[keyof Peers]): void {
    this.#services.set(service.name, service);
    if (peer) this.#peers[service.name as keyof Peers] = peer;
  }

  services(): Service[] {
    return [...this.#services.values()];
  }

  service(name: string): Service | undefined {
    return this.#services.get(name);
  }

  /** What another service offers beyond its AWS API. */
  peer<Name extends keyof Peers>(name: Name): Peers[Name] {
    const peer = this.#peers[name];
    if (!peer) throw new Error(`no service "${name}" in this cloud`);
    return peer as Peers[Name];
  }

  /** Calls an AWS operation of another service, as CloudFormation does: input and result as in the API reference. */
  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  async call(service: string, operation: string, input: object, call: Call): Promise<any> {
    const run = this.#services.get(service)?.operations[operation];
    if (!run) throw notImplemented(`${service}:${operation}`);
    return (await run(input, call)) ?? {};
  }

  watch(watcher: (note: InvocationNote) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  notify(note: InvocationNote): void {
    for (const watcher of this.#watchers) watcher(note);
  }

  watchDenials(watcher: (denial: Denial) => void): () => void {
    this.#denialWatchers.add(watcher);
    return () => this.#denialWatchers.delete(watcher);
  }

  denied(denial: Denial): void {
    for (const watcher of this.#denialWatchers) watcher(denial);
  }
}

/** For code that meets an error of unknown kind and needs its AWS form. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError('InternalFailure', message, { status: 500 });
}
