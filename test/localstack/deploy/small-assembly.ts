import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SmallStack = {
  readonly resources: object;
  readonly outputs?: object;
  readonly parameters?: object;
  readonly dependsOn?: readonly string[];
  /** Files of a directory asset, by path; where it is published: `assetOf`. */
  readonly asset?: Readonly<Record<string, string>>;
};

const PLACE = '000000000000-us-east-1';
const VERSION_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** `Code` of a function whose bundle is the directory asset with these files. */
export const assetOf = (asset: Readonly<Record<string, string>>) => ({
  S3Bucket: `cdk-hnb659fds-assets-${PLACE}`,
  S3Key: `${hashOf(asset)}.zip`,
});

/** A cloud assembly as `cdk synth` writes it, with the parts that a deployment reads; into `dir` where it is given. */
export function smallAssembly(
  stacks: Readonly<Record<string, SmallStack>>,
  dir = mkdtempSync(join(tmpdir(), 'assembly-')),
): string {
  const write = (file: string, content: object) => writeFileSync(join(dir, file), JSON.stringify(content));
  const artifacts: Record<string, object> = {};
  for (const [name, stack] of Object.entries(stacks)) {
    const template = { Resources: stack.resources, Outputs: stack.outputs, Parameters: stack.parameters };
    const templateKey = `${hashOf(template)}.json`;
    const files: Record<string, object> = {
      template: { source: { path: `${name}.template.json`, packaging: 'file' }, destinations: published(templateKey) },
    };
    if (stack.asset) {
      const path = `asset.${hashOf(stack.asset)}`;
      for (const [file, content] of Object.entries(stack.asset)) {
        mkdirSync(join(dir, path, file, '..'), { recursive: true });
        writeFileSync(join(dir, path, file), content);
      }
      files.code = { source: { path, packaging: 'zip' }, destinations: published(assetOf(stack.asset).S3Key) };
    }
    write(`${name}.assets.json`, { version: '55.0.0', files, dockerImages: {} });
    write(`${name}.template.json`, template);
    const bootstrapped = { requiresBootstrapStackVersion: 6, bootstrapStackVersionSsmParameter: VERSION_PARAMETER };
    artifacts[`${name}.assets`] = {
      type: 'cdk:asset-manifest',
      properties: { file: `${name}.assets.json`, ...bootstrapped },
    };
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://000000000000/us-east-1',
      dependencies: [`${name}.assets`, ...(stack.dependsOn ?? [])],
      displayName: name,
      properties: {
        templateFile: `${name}.template.json`,
        tags: { stage: 'test' },
        ...bootstrapped,
        assumeRoleArn: roleArn('deploy'),
        cloudFormationExecutionRoleArn: roleArn('cfn-exec'),
        stackTemplateAssetObjectUrl: `s3://cdk-hnb659fds-assets-${PLACE}/${templateKey}`,
        additionalDependencies: [`${name}.assets`],
        lookupRole: { ...bootstrapped, arn: roleArn('lookup'), requiresBootstrapStackVersion: 8 },
      },
    };
  }
  write('manifest.json', { version: '55.0.0', artifacts });
  return dir;
}

const published = (objectKey: string) => ({
  here: {
    bucketName: `cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}`,
    objectKey,
    assumeRoleArn: roleArn('file-publishing'),
  },
});

const roleArn = (role: string) => `arn:\${AWS::Partition}:iam::000000000000:role/cdk-hnb659fds-${role}-role-${PLACE}`;

const hashOf = (content: object): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');
