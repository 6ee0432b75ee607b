import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import type { Cloud } from '../../localstack/cloud/cloud';
import { deployAssembly } from '../../localstack/deploy';

/** Outputs by stack, as `cdk deploy --outputs-file` writes them. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Synthesises a CDK app and deploys it on a cloud in this process. Rejects with `DeploymentFailed`. */
export async function deployApp(cloud: Cloud, build: (app: App) => void, props: AppProps = {}): Promise<Outputs> {
  // The validator costs seconds, and what it finds is not what these tests are about.
  process.env.CDK_VALIDATION = 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'small-app-'));
  try {
    const app = new App({ outdir, ...props });
    build(app);
    app.synth();
    const { outputs } = await deployAssembly({ assemblyDir: outdir, registry: cloud.registry, call: cloud.rootCall() });
    return outputs;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Deletes stacks as `cdk destroy` does; throws the reasons when something could not be deleted. */
export async function destroyStacks(cloud: Cloud, ...names: readonly string[]): Promise<void> {
  const call = (operation: string, input: object) =>
    cloud.registry.call('cloudformation', operation, input, cloud.rootCall());
  for (const StackName of names) {
    const { Stacks } = await call('DescribeStacks', { StackName });
    const StackId = Stacks[0].StackId as string;
    await call('DeleteStack', { StackName });
    const after = await call('DescribeStacks', { StackName: StackId });
    if (after.Stacks[0].StackStatus === 'DELETE_COMPLETE') continue;
    const { StackEvents } = await call('DescribeStackEvents', { StackName: StackId });
    throw new Error(`${StackName} was not deleted: ${JSON.stringify(StackEvents.slice(0, 5), undefined, 1)}`);
  }
}
