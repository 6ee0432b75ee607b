import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployAssembly } from '../../../localstack/deploy';

// CDK's validation of templates takes seconds, and is tested by CDK.
process.env.CDK_VALIDATION = 'false';

/** A cloud that stacks of CDK constructs are deployed to, in this process. */
export class CdkDeployment {
  readonly cloud: Cloud;
  readonly #directories: string[] = [];

  private constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  static async start(): Promise<CdkDeployment> {
    return new CdkDeployment(await startCloud({ port: 0 }));
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    for (const dir of this.#directories) rmSync(dir, { recursive: true });
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
  call(service: string, operation: string, input: object): Promise<any> {
    return this.cloud.registry.call(service, operation, input, this.cloud.rootCall());
  }

  /** Deploys a stack and answers its outputs. */
  async deploy(name: string, define: (stack: Stack) => void): Promise<Record<string, string>> {
    const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
    this.#directories.push(outdir);
    const app = new App({ outdir, analyticsReporting: false });
    define(new Stack(app, name, { env: { account: '000000000000', region: 'us-east-1' } }));
    app.synth();
    const { registry } = this.cloud;
    const { outputs } = await deployAssembly({ assemblyDir: outdir, registry, call: this.cloud.rootCall() });
    return outputs[name] ?? {};
  }

  /** Deletes a stack; the reasons of what could not be deleted. */
  async destroy(StackName: string): Promise<string[]> {
    const { StackResources } = await this.call('cloudformation', 'DescribeStackResources', { StackName });
    await this.call('cloudformation', 'DeleteStack', { StackName });
    const { StackEvents } = await this.call('cloudformation', 'DescribeStackEvents', {
      StackName: StackResources[0].StackId,
    });
    return StackEvents.filter((event: Record<string, string>) => event.ResourceStatus === 'DELETE_FAILED').map(
      (event: Record<string, string>) => event.ResourceStatusReason,
    );
  }
}
