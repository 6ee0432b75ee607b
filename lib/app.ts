import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildStacks } from './stacks';
import { stageConfig } from './stage-config';

async function main(): Promise<void> {
  const app = new App();
  const stage = stageConfig(String(app.node.tryGetContext('stage') ?? 'dev'));
  buildStacks(app, stage, resolve('dist/functions'));
  if (stage.name === 'local') {
    // Somebody waits for a local synthesis, and the tests check the same templates: no second look here.
    process.env.CDK_VALIDATION = 'false';
  } else {
    const { watchWithNag } = await import('./nag');
    watchWithNag(app);
  }
  app.synth();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
