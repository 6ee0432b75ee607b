import { join } from 'node:path';
import type { Cloud } from '../cloud/cloud';
import { deployAssembly } from '../deploy';
import { appOf, synthesise } from './assembly';
import { type DeployedFunction, deployedFunctions } from './deployed-functions';
import { undoDrift } from './function-code';
import { type StackOutputs, writeOutputs } from './outputs';

export type DeployedApp = {
  readonly outputs: StackOutputs;
  /** What to call functions whose physical names are not meant for people. */
  readonly functionNames: Readonly<Record<string, string>>;
  readonly functions: readonly DeployedFunction[];
  /** Which app it is: `hashOfApp`. */
  readonly app: string;
};

/** Synthesises the CDK app if its sources have changed, deploys it, writes `outputs.json`; afterwards the cloud runs what is in the sources. */
export async function deployApp(options: {
  readonly root: string;
  readonly stage: string;
  readonly cloud: Pick<Cloud, 'registry' | 'rootCall'>;
  /** Where `outputs.json` goes. */
  readonly outputsDir: string;
  readonly onWork: (what: string) => void;
  /** Ends a synthesis under way: the promise rejects. */
  readonly signal?: AbortSignal;
}): Promise<DeployedApp> {
  const { root, stage, cloud, outputsDir, onWork, signal } = options;
  const assemblyDir = await synthesise({
    root,
    dir: join(root, 'dist'),
    stage,
    onWork,
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  const { registry, rootCall: call } = cloud;
  const deployed = await deployAssembly({ assemblyDir, registry, call: call(), onProgress: onWork });
  const functions = await deployedFunctions(assemblyDir, registry, call());
  const drifted = await undoDrift(functions, { registry, call });
  if (drifted.length > 0) onWork(`back to the code of the sources: ${drifted.join(', ')}`);
  writeOutputs(outputsDir, deployed.outputs);
  return { ...deployed, functions, app: appOf(assemblyDir) };
}
