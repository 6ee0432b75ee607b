import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { AwsError } from '../../../localstack/cloud/core/aws-error';
import { Registry } from '../../../localstack/cloud/core/registry';
import type { Call, Service } from '../../../localstack/cloud/core/service';
import type { Operator } from '../../../localstack/start/function-code';

/** Functions that only have code: what those operations of Lambda that a hot reload needs show and change. */
export class FakeLambda {
  readonly operator: Operator;
  /** By the function's name. */
  readonly #packages = new Map<string, Uint8Array>();
  /** The functions whose code was updated, in order. */
  readonly updates: string[] = [];

  constructor() {
    const registry = new Registry();
    const service: Service = {
      name: 'lambda',
      signingNames: [],
      protocol: { kind: 'rest-json', routes: [] },
      access: () => [],
      operations: {
        GetFunctionConfiguration: ({ FunctionName }) => {
          const zip = this.#packages.get(FunctionName);
          if (!zip) throw new AwsError('ResourceNotFoundException', `Function not found: ${FunctionName}`);
          return { CodeSha256: createHash('sha256').update(zip).digest('base64') };
        },
        UpdateFunctionCode: ({ FunctionName, ZipFile }) => {
          this.updates.push(FunctionName);
          this.#packages.set(FunctionName, ZipFile);
        },
      },
    };
    registry.add(service);
    this.operator = { registry, call: () => ({}) as Call };
  }

  deploy(name: string, zip: Uint8Array): void {
    this.#packages.set(name, zip);
  }

  remove(name: string): void {
    this.#packages.delete(name);
  }

  codeOf(name: string): string {
    return Buffer.from(unzipSync(this.#packages.get(name)!)['index.mjs']!).toString('utf8');
  }
}
