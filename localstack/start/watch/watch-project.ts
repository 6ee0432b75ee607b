import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCurrent } from '../assembly';
import type { DeployedApp } from '../deploy-app';
import type { Operator } from '../function-code';
import { Bundles } from './bundles';
import { HotReload, type Said } from './hot-reload';
import { projectBundler } from './project-bundler';
import { SourceWatcher } from './source-watcher';

/** What makes up the app, directly in the project's root. */
export const WATCHED = ['functions', 'lib', 'cdk.json'];

/** Watches a project's sources from the moment it is made; what is saved before `follow` is seen then. */
export class ProjectWatch {
  readonly #root: string;
  readonly #watcher: SourceWatcher;
  #reload: HotReload | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#watcher = new SourceWatcher(root, WATCHED, (change) => this.#reload?.changed(change));
  }

  /** From now on what is saved runs. */
  async follow(options: {
    readonly stage: string;
    readonly app: DeployedApp;
    readonly redeploy: (signal: AbortSignal) => Promise<DeployedApp>;
    readonly operator: Operator;
    readonly say: (what: Said) => void;
  }): Promise<void> {
    const root = this.#root;
    const { bundler, app } = await projectBundler(root);
    this.#reload = new HotReload({
      bundles: new Bundles(bundler),
      app,
      appSettings: () => readFileSync(join(root, 'cdk.json'), 'utf8'),
      redeploy: async (signal) => (await options.redeploy(signal)).functions,
      isCurrent: () => isCurrent({ root, dir: join(root, 'dist'), stage: options.stage }),
      functions: options.app.functions,
      operator: options.operator,
      say: options.say,
    });
  }

  async stop(): Promise<void> {
    this.#watcher.close();
    await this.#reload?.stop();
  }
}
