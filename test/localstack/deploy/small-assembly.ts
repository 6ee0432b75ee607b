import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SmallStack = {
  readonly resources: object;
  readonly outputs?: object;
  readonly dependsOn?: readonly string[];
  /** Files of a directory asset, by path. */
  readonly asset?: Readonly<Record<string, string>>;
};

/** A cloud assembly as `cdk synth` writes it, with the parts that a deployment reads. */
export function smallAssembly(stacks: Readonly<Record<string, SmallStack>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
  const write = (file: string, content: object) => writeFileSync(join(dir, file), JSON.stringify(content));
  const artifacts: Record<string, object> = {};
  for (const [name, stack] of Object.entries(stacks)) {
    const destination = (objectKey: string) => ({
      here: { bucketName: `cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}`, objectKey },
    });
    const files: Record<string, object> = {
      template: {
        source: { path: `${name}.template.json`, packaging: 'file' },
        destinations: destination(`${name}.json`),
      },
    };
    if (stack.asset) {
      for (const [file, content] of Object.entries(stack.asset)) {
        mkdirSync(join(dir, 'asset.code', file, '..'), { recursive: true });
        writeFileSync(join(dir, 'asset.code', file), content);
      }
      files.code = {
        source: { path: 'asset.code', packaging: 'zip' },
        destinations: destination('code.zip'),
      };
    }
    write(`${name}.assets.json`, { version: '55.0.0', files, dockerImages: {} });
    write(`${name}.template.json`, { Resources: stack.resources, Outputs: stack.outputs });
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      dependencies: [`${name}.assets`, ...(stack.dependsOn ?? [])],
      properties: { templateFile: `${name}.template.json`, tags: { stage: 'test' } },
    };
  }
  write('manifest.json', { version: '55.0.0', artifacts });
  return dir;
}
