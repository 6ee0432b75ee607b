import type { Bundler } from '../../../localstack/start/watch/bundles';

/** What a build that failed rejects with. */
export class Mistake extends Error {
  readonly messages: readonly string[];
  constructor(message: string) {
    super('the build failed');
    this.messages = [message];
  }
}

/** Sources in memory: functions by name, each with the files that it is made of. */
export class FakeBundler implements Bundler {
  readonly imports: Record<string, readonly string[]>;
  readonly files: Record<string, string> = {};
  /** Groups of functions that were built, in order. */
  readonly builds: string[] = [];
  /** Groups that are prepared to be built again. */
  readonly prepared = new Set<string>();
  /** Awaited in the midst of every build. */
  during: () => Promise<void> = async () => {};

  /** `imports`: the files of each function. */
  constructor(imports: Record<string, readonly string[]>) {
    this.imports = imports;
    for (const file of Object.values(imports).flat()) this.files[file] = 'first';
  }

  functionNames(): string[] {
    return Object.keys(this.imports).sort();
  }

  async functions(names: readonly string[]): ReturnType<Bundler['functions']> {
    const group = names.join(' ');
    this.prepared.add(group);
    return {
      dispose: async () => {
        this.prepared.delete(group);
      },
      rebuild: async () => {
        this.builds.push(group);
        const read = names.map((name) => ({ name, text: this.imports[name]!.map((file) => this.#read(file)).join() }));
        await this.during();
        return read.map(({ name, text }) => ({
          name,
          files: { 'index.mjs': Buffer.from(text) },
          inputs: this.imports[name]!,
        }));
      },
    };
  }

  #read(file: string): string {
    const text = this.files[file];
    if (text === undefined) throw new Mistake(`Could not resolve "${file}"`);
    if (text.includes('oops')) throw new Mistake(`${file}:1:1: Unexpected "oops"`);
    return text;
  }
}
