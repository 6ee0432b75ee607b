import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { unzipSync } from 'fflate';
import { AwsError } from '../../core/aws-error';
import type { FunctionCode } from './function-record';

/** Lambda's limits for a deployment package. */
const MAX_UNZIPPED_BYTES = 262_144_000;

/** The code of functions: what was in each zip, in a directory named after its hash. */
export class CodeStore {
  readonly #root: string;

  constructor(dir: string) {
    this.#root = join(dir, 'lambda', 'code');
  }

  /** Unpacks a zip. Throws `InvalidParameterValueException` when it is none. */
  put(zip: Buffer): FunctionCode {
    const code: FunctionCode = { hash: createHash('sha256').update(zip).digest('hex'), size: zip.length };
    if (existsSync(this.#home(code))) return code;
    mkdirSync(this.#root, { recursive: true });
    // Unpacked aside and then renamed: a crash leaves no half of a function behind.
    const aside = mkdtempSync(join(this.#root, 'new-'));
    try {
      for (const [name, bytes] of Object.entries(unzip(zip))) write(aside, name, bytes);
      renameSync(aside, this.#home(code));
    } catch (error) {
      rmSync(aside, { recursive: true, force: true });
      throw error;
    }
    return code;
  }

  /** `LAMBDA_TASK_ROOT` of functions with this code. */
  directory(code: FunctionCode): string {
    return this.#home(code);
  }

  /** Names of what is at the top of unpacked code. */
  topLevel(code: FunctionCode): string[] {
    return readdirSync(this.#home(code));
  }

  /** Removes what no function uses any more. Only safe while no environment is there. */
  keepOnly(codes: readonly FunctionCode[]): void {
    if (!existsSync(this.#root)) return;
    const kept = new Set(codes.map(({ hash }) => hash));
    for (const name of readdirSync(this.#root)) {
      if (!kept.has(name)) rmSync(join(this.#root, name), { recursive: true, force: true });
    }
  }

  #home(code: FunctionCode): string {
    return join(this.#root, code.hash);
  }
}

/** As Lambda shows it. */
export const codeSha256 = (code: FunctionCode): string => Buffer.from(code.hash, 'hex').toString('base64');

function unzip(zip: Buffer): Record<string, Uint8Array> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(zip);
  } catch {
    throw new AwsError(
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
      { fields: { Type: 'User' } },
    );
  }
  const size = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
  if (size > MAX_UNZIPPED_BYTES) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`,
      { fields: { Type: 'User' } },
    );
  }
  return files;
}

function write(root: string, name: string, bytes: Uint8Array): void {
  const path = normalize(join(root, name));
  if (!path.startsWith(`${root}/`)) {
    throw new AwsError('InvalidParameterValueException', `The zip has a file outside of itself: ${name}`);
  }
  if (name.endsWith('/')) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
