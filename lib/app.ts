import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack';
import { ServiceStack } from './service-stack';
import { stageConfig } from './stage-config';

// CDK's built-in check of the templates takes twice as long as all the rest; where a mistake costs something, it runs.
const app = new App();
const stage = stageConfig(String(app.node.tryGetContext('stage') ?? 'dev'));
const data = new DataStack(app, stage);
new ServiceStack(app, stage, { data, bundles: resolve('dist/functions') });
app.synth();
