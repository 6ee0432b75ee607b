import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeStore } from './code-store';
import type { FunctionConfig } from './function-record';

/**
 * Code together with its layers, in a directory from which Node's own rules find them in Lambda's order: what the code brings,
 * then `nodejs/node<version>/node_modules` and `nodejs/node_modules` of the layers, then what the runtime brings.
 */
export class LayeredCode {
  readonly #code: CodeStore;
  readonly #root: string;

  constructor(dir: string, code: CodeStore) {
    this.#code = code;
    this.#root = join(dir, 'lambda', 'layered');
  }

  /** `LAMBDA_TASK_ROOT`, and what stands for `/opt` when there are layers. */
  directories({ code, layers = [], runtime }: FunctionConfig): { taskRoot: string; layerRoot?: string } {
    if (layers.length === 0) return { taskRoot: this.#code.directory(code) };
    const parts = [runtime, code.hash, ...layers.map((layer) => layer.code.hash)];
    const home = join(this.#root, createHash('sha256').update(parts.join()).digest('hex'));
    if (!existsSync(home)) this.#build(home, parts);
    return { taskRoot: join(home, 'task'), layerRoot: join(home, 'opt') };
  }

  /** Built anew when they are needed. Only safe while no environment is there. */
  clear(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #build(home: string, [runtime = '', code = '', ...layers]: readonly string[]): void {
    mkdirSync(this.#root, { recursive: true });
    const aside = mkdtempSync(join(this.#root, 'new-'));
    const copy = (from: string, to: string) => cpSync(from, join(aside, to), { recursive: true });
    copy(this.#code.directory({ hash: code, size: 0 }), 'task');
    for (const hash of layers) copy(this.#code.directory({ hash, size: 0 }), 'opt');
    const ofVersion = join(aside, 'opt/nodejs', `node${/\d+/.exec(runtime)?.[0]}`, 'node_modules');
    if (existsSync(ofVersion)) copy(ofVersion, 'opt/nodejs/node_modules');
    if (existsSync(join(aside, 'opt/nodejs/node_modules'))) {
      symlinkSync(join(home, 'opt/nodejs/node_modules'), join(aside, 'node_modules'), 'junction');
    }
    renameSync(aside, home);
  }
}
