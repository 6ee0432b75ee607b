import { type Cloud, startCloud } from '../../localstack/cloud/cloud';
import { deployAssembly } from '../../localstack/deploy';
import { bootstrap } from '../../localstack/deploy/bootstrap';
import { readAssembly } from '../../localstack/deploy/manifest';
import { publishAssets } from '../../localstack/deploy/publish-assets';

/** Milliseconds of each part of what `npm start` does with an assembly, on a cloud that has nothing yet. */
export type InProcessDeployment = {
  readonly bootstrapped: number;
  readonly published: number;
  /** All stacks, their assets published. */
  readonly deployed: number;
  /** The same again. */
  readonly unchanged: number;
};

export async function inProcessDeployment(assemblyDir: string): Promise<InProcessDeployment> {
  const cloud: Cloud = await startCloud({ port: 0 });
  try {
    const { registry } = cloud;
    const call = cloud.rootCall();
    const deploy = () => deployAssembly({ assemblyDir, registry, call });
    const bootstrapped = await took(() => bootstrap(registry, call));
    const published = await took(async () => {
      for (const { assets } of readAssembly(assemblyDir, call)) await publishAssets(assets, registry, call);
    });
    const deployed = await took(deploy);
    const unchanged = await took(deploy);
    return { bootstrapped, published, deployed, unchanged };
  } finally {
    await cloud.stop();
  }
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
