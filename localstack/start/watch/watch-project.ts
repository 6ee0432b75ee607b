import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    this.#watcher = new SourceWatcher(root, WATCHED, (path) => this.#reload?.changed(path));
  }

  /** From now on what is saved runs. */
  async follow(options: {
    readonly app: DeployedApp;
    readonly redeploy: (signal: AbortSignal) => Promise<DeployedApp>;
    readonly operator: Operator;
    readonly say: (what: Said) => void;
  }): Promise<void> {
    const root = this.#root;
    const { bundler, app } = await projectBundler(root);
    this.#reload = new HotReload({
      quiet: () => this.#watcher.quiet(),
      bundles: new Bundles(bundler),
      app,
      appSettings: () => readFileSync(join(root, 'cdk.json'), 'utf8'),
      redeploy: options.redeploy,
      deployed: options.app,
      operator: options.operator,
      say: options.say,
    });
  }

  async stop(): Promise<void> {
    this.#watcher.close();
    await this.#reload?.stop();
  }
}
