import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { startCloud } from '../../../localstack/cloud/cloud';
import { cliEnvironment, describeWithAwsCli } from '../../support/aws-cli';
import { localAssembly, projectRoot } from '../../support/local-assembly';

const hook = join(projectRoot, 'localstack/init/ready.d/10-deploy-app.sh');

describeWithAwsCli('the hook that LocalStack runs when it is ready', () => {
  test('deploys the app with nothing but awslocal and python3, and finds nothing to do when it is there', async () => {
    const cloud = await startCloud({ port: 0 });
    const bin = mkdtempSync(join(tmpdir(), 'awslocal-'));
    try {
      // All that LocalStack's own command is.
      writeFileSync(join(bin, 'awslocal'), `#!/bin/sh\nexec aws --endpoint-url ${cloud.endpoint} "$@"\n`);
      chmodSync(join(bin, 'awslocal'), 0o755);
      const run = async (assembly: string) => {
        const env = { ...cliEnvironment(), PATH: `${bin}:${process.env.PATH}`, ASSEMBLY: assembly };
        return (await promisify(execFile)(hook, { env })).stdout;
      };
      expect(await run(bin)).toMatch(/^no app in .*: run 'npm run deploy:localstack -- --synth'/);
      const printed = await run(localAssembly());
      expect(printed.match(/^deploying .*$/gm)).toEqual([
        'deploying Orders-local-Data',
        'deploying Orders-local-Service',
      ]);
      expect(printed).toContain('QueryUrl');
      expect(printed).toMatch(/the app is deployed\n$/);
      expect(await run(localAssembly())).toMatch(/the app is deployed\n$/);
      const { Stacks } = await cloud.registry.call('cloudformation', 'DescribeStacks', {}, cloud.rootCall());
      expect(Stacks.map((stack: { StackStatus: string }) => stack.StackStatus)).toEqual([
        'CREATE_COMPLETE',
        'CREATE_COMPLETE',
      ]);
    } finally {
      await cloud.stop();
      rmSync(bin, { recursive: true });
    }
  }, 120_000);
});
