import { readFileSync } from 'node:fs';
import { AwsError } from '../cloud/core/aws-error';
import type { Registry } from '../cloud/core/registry';
import type { Call } from '../cloud/core/service';
import { deployStack } from './deploy-stack';

/** The name under which the CDK CLI looks for it. */
const TOOLKIT = 'CDKToolkit';

/**
 * Does what `cdk bootstrap` does, with the CLI's own template, unless somebody has done it: the bucket for assets, the
 * roles, the version parameter. So the plain `cdk` command can be used on this cloud without any further step.
 */
export async function bootstrap(registry: Registry, call: Call): Promise<void> {
  try {
    await registry.call('ssm', 'GetParameter', { Name: '/cdk-bootstrap/hnb659fds/version' }, call);
    return;
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'ParameterNotFound')) throw error;
  }
  const template = readFileSync(require.resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8');
  await deployStack(
    {
      name: TOOLKIT,
      template,
      tags: [],
      terminationProtection: false,
      // As the CLI chooses: no key of its own, which would cost at AWS.
      parameters: { FileAssetsBucketKmsKeyId: 'AWS_MANAGED_KEY' },
    },
    registry,
    call,
  );
}
