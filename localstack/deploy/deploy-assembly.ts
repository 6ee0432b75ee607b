import { readFileSync } from 'node:fs';
import type { Registry } from '../cloud/core/registry';
import type { Call } from '../cloud/core/service';
import { bootstrap } from './bootstrap';
import { deployStack, describeStack } from './deploy-stack';
import { functionNamesOf } from './function-names';
import { readAssembly } from './manifest';
import { publishAssets } from './publish-assets';

/** In bytes: templates beyond it have to stand in S3, as the CDK CLI puts all of them there. */
const LARGE = 51_200;

export type Deployed = {
  /** `{stack: {output: value}}`, in the form of `cdk deploy --outputs-file`. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What to call the deployed functions, by their physical names, where those are not meant for people. */
  readonly functionNames: Readonly<Record<string, string>>;
};

/**
 * Deploys a synthesised CDK app on the cloud of this process, stack by stack in the order of their dependencies. A stack
 * that is up to date is left alone. Rejects with `DeploymentFailed`.
 */
export async function deployAssembly(options: {
  /** `cdk.out`. */
  readonly assemblyDir: string;
  readonly registry: Registry;
  /** Who deploys, and to which account and region. */
  readonly call: Call;
  readonly onProgress?: (what: string) => void;
}): Promise<Deployed> {
  const { assemblyDir, registry, call, onProgress = () => {} } = options;
  await bootstrap(registry, call);
  const outputs: Record<string, Record<string, string>> = {};
  const functionNames: Record<string, string> = {};
  for (const stack of readAssembly(assemblyDir, call)) {
    const existing = await describeStack(stack.name, registry, call);
    onProgress(`${existing ? 'checking' : 'creating'} ${stack.name}`);
    const template = readFileSync(stack.templateFile, 'utf8');
    const { templateAsset: asset } = stack;
    const large = asset !== undefined && Buffer.byteLength(template) > LARGE;
    await publishAssets(large ? [...stack.assets, asset] : stack.assets, registry, call);
    const at = large ? { templateUrl: `${call.endpoint}/${asset.bucket}/${asset.key}` } : {};
    await deployStack({ ...stack, template, ...at, parameters: {} }, registry, call);
    const deployed = await describeStack(stack.name, registry, call);
    outputs[stack.name] = Object.fromEntries(
      (deployed?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    Object.assign(functionNames, await functionNamesOf(stack.name, template, registry, call));
  }
  return { outputs, functionNames };
}
