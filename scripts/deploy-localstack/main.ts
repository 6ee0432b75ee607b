import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { synthesise } from '../../localstack/start/assembly';
import { waitForLocalStack } from './health';
import { parseOptions } from './options';

/** The account and region that stage `local` is pinned to. */
const ENVIRONMENT = 'aws://000000000000/us-east-1';

async function main(): Promise<void> {
  const root = process.cwd();
  const options = parseOptions(process.argv.slice(2));
  if (!options.synthOnly) {
    const { edition, version } = await waitForLocalStack(options.endpoint, options.waitMs);
    console.log(`LocalStack ${version} (${edition}) at ${options.endpoint}`);
  }
  const assembly = await synthesise({ root, dir: resolve(root, 'dist'), stage: 'local', onWork: console.log });
  if (options.synthOnly) {
    console.log(`the app is in ${assembly}; LocalStack deploys it when it starts`);
    return;
  }
  const outputs = resolve(options.outputs);
  mkdirSync(dirname(outputs), { recursive: true });
  cdk(options.endpoint, 'bootstrap', ENVIRONMENT);
  const deploy = ['deploy', '--app', assembly, '--all', '--require-approval', 'never', '--outputs-file', outputs];
  cdk(options.endpoint, ...deploy);
  console.log(
    `stack outputs: ${outputs}\nto try it: npm run test:e2e -- --endpoint ${options.endpoint} --outputs ${outputs}`,
  );
}

/** The plain CDK command, told of LocalStack by its environment, with nothing of the developer's own AWS settings. */
function cdk(endpoint: string, ...args: string[]): void {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const env = {
    ...own,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: '1',
  };
  const program = resolve('node_modules/aws-cdk/bin/cdk');
  const { status } = spawnSync(process.execPath, [program, '--no-notices', ...args], { env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`cdk ${args[0]} failed`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
