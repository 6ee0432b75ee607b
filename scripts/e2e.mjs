// `npm run test:e2e [-- --endpoint <url>] [--outputs <file>]`: the end-to-end suite against whatever is deployed there.
// Without options it deploys the synthesised app on a local cloud of its own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { endpoint: { type: 'string' }, outputs: { type: 'string' } },
});
const env = { ...process.env };
if (values.endpoint || values.outputs) {
  const outputs = resolve(values.outputs ?? '.localcloud/outputs.json');
  if (!existsSync(outputs)) {
    console.error(
      `no ${outputs}: give the stack outputs of what is deployed, --outputs <file> (cdk deploy --outputs-file)`,
    );
    process.exit(2);
  }
  env.E2E_OUTPUTS = outputs;
  if (values.endpoint) env.E2E_ENDPOINT = values.endpoint;
}
const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', 'test/e2e', ...positionals], {
  env,
  stdio: 'inherit',
});
process.exit(status ?? 1);
