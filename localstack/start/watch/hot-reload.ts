import { hashOfApp } from '../assembly';
import type { DeployedApp } from '../deploy-app';
import { type Operator, runCode } from '../function-code';
import type { Bundles, Rebuilt } from './bundles';

/** What is said to the person who saves files. A failure's text may have many lines. */
export type Said =
  | { readonly kind: 'reloaded'; readonly name: string; readonly ms: number }
  | { readonly kind: 'redeployed'; readonly ms: number }
  | { readonly kind: 'working' | 'mended' | 'failed'; readonly text: string };

type Running = Pick<DeployedApp, 'functions' | 'app'>;

export type HotReloadParts = {
  /** Resolves when nobody is writing sources: a file is whole then. */
  readonly quiet: () => Promise<void>;
  readonly bundles: Bundles;
  /** The CDK app's program. */
  readonly app: Rebuilt<Uint8Array>;
  /** What the app depends on besides its program, e.g. `cdk.json`. */
  readonly appSettings: () => string;
  /** Synthesises and deploys the app as it is in the sources now. */
  readonly redeploy: (signal: AbortSignal) => Promise<Running>;
  /** What runs at the start. */
  readonly deployed: Running;
  readonly operator: Operator;
  readonly say: (what: Said) => void;
};

/**
 * Keeps what runs equal to what is in the sources. A change of a function's sources swaps the function's code; one
 * that gives the CDK app other bytes, other settings or other functions deploys it again. What does not build or
 * deploy is said, and what ran before goes on. One round at a time; changes during a round make the next one.
 */
export class HotReload {
  readonly #parts: HotReloadParts;
  readonly #stopped = new AbortController();
  #functions: Running['functions'];
  #changed = new Set<string>();
  #savedAt: number | undefined;
  #working: Promise<void> | undefined;
  /** The app that was deployed last, or that failed to: the same one is not tried again. */
  #attempted: string;
  /** The last build failed. */
  #broken = false;

  constructor(parts: HotReloadParts) {
    this.#parts = parts;
    this.#functions = parts.deployed.functions;
    this.#attempted = parts.deployed.app;
    // The first round finds everything as it was deployed, unless somebody has saved since; it makes the next ones fast.
    this.#begin();
  }

  /** `path`: of a file or directory of the sources, below the root. */
  changed(path: string): void {
    this.#changed.add(path);
    this.#begin();
  }

  #begin(): void {
    this.#savedAt ??= performance.now();
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when everything that has changed so far runs, or could not be made to. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Ends what is under way, as far as that leaves everything whole. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#working;
    await Promise.all([this.#parts.bundles.dispose(), this.#parts.app.dispose()]);
  }

  async #work(): Promise<void> {
    while (this.#savedAt !== undefined && !this.#stopped.signal.aborted) {
      await this.#parts.quiet();
      const [paths, savedAt] = [this.#changed, this.#savedAt];
      this.#changed = new Set();
      this.#savedAt = undefined;
      try {
        await this.#round(paths, savedAt);
      } catch (error) {
        // Ctrl-C reaches the programs that build as well.
        if (!this.#stopped.signal.aborted) this.#failed(error);
      }
    }
  }

  async #round(paths: ReadonlySet<string>, savedAt: number): Promise<void> {
    const [functions, app] = await Promise.allSettled([this.#parts.bundles.update(paths), this.#parts.app.rebuild()]);
    if (this.#stopped.signal.aborted) return;
    // What both of them read is said once.
    const mistakes = [functions, app].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const swapped = functions.status === 'fulfilled' ? await this.#swap(savedAt) : 0;
    if (mistakes.length > 0) {
      this.#failed(...mistakes);
      this.#broken = true;
      return;
    }
    if (this.#broken && swapped === 0) this.#parts.say({ kind: 'mended', text: 'it builds again' });
    this.#broken = false;
    if (app.status === 'fulfilled') await this.#deployIfChanged(app.value, savedAt);
  }

  /** Gives functions whose bundle is not what they run their bundle. Returns how many. */
  async #swap(savedAt: number): Promise<number> {
    const packages = this.#parts.bundles.packages;
    let swapped = 0;
    for (const { name, bundle } of this.#functions) {
      const code = bundle === undefined ? undefined : packages.get(bundle);
      if (bundle === undefined || !code) continue;
      try {
        if (!(await runCode(name, code, this.#parts.operator))) continue;
        this.#parts.say({ kind: 'reloaded', name: bundle, ms: performance.now() - savedAt });
        swapped++;
      } catch (error) {
        // Somebody has deleted it; the others are there.
        this.#failed(error);
      }
    }
    return swapped;
  }

  async #deployIfChanged(program: Uint8Array, savedAt: number): Promise<void> {
    const app = hashOfApp(program, this.#parts.appSettings(), this.#parts.bundles.packages.keys());
    if (this.#attempted === app) return;
    this.#attempted = app;
    this.#parts.say({ kind: 'working', text: 'the CDK app has changed: deploying it' });
    try {
      ({ functions: this.#functions, app: this.#attempted } = await this.#parts.redeploy(this.#stopped.signal));
      this.#parts.say({ kind: 'redeployed', ms: performance.now() - savedAt });
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      this.#failed(error);
      // CloudFormation has rolled the functions back to the code of the deployment before, which may be older than
      // what was swapped in. If more has been saved, the next round sees to it.
      if (this.#savedAt === undefined) await this.#swap(performance.now());
    }
  }

  #failed(...errors: readonly unknown[]): void {
    const messages = errors.flatMap((error) => {
      const { messages, message } = error as Partial<Error> & { readonly messages?: readonly string[] };
      return messages ?? [message ?? String(error)];
    });
    this.#parts.say({ kind: 'failed', text: [...new Set(messages)].join('\n').trimEnd() });
  }
}
