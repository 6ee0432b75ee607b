import type { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack';
import { ServiceStack } from './service-stack';
import type { StageConfig } from './stage-config';

/** Both stacks of a stage. `bundles` is the directory of the functions' bundles. */
export function buildStacks(app: App, stage: StageConfig, bundles: string): { data: DataStack; service: ServiceStack } {
  const data = new DataStack(app, stage);
  const service = new ServiceStack(app, stage, { data, bundles });
  return { data, service };
}
