import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Registry } from '../cloud/core/registry';
import type { Call } from '../cloud/core/service';
import { readAssembly } from '../deploy/manifest';
import { BUNDLES_FILE } from './assembly';

/** A function of a deployed stack whose code is an asset of the assembly. */
export type DeployedFunction = {
  /** As Lambda knows it. */
  readonly name: string;
  /** Where the code is published. */
  readonly bucket: string;
  readonly key: string;
  /** The function in the sources that it is made of; undefined when it is made of something else. */
  readonly bundle: string | undefined;
};

type Template = {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: { readonly Code?: { readonly S3Key?: unknown } } }>
  >;
};

/** The functions of an assembly that is deployed. */
export async function deployedFunctions(
  assemblyDir: string,
  registry: Registry,
  call: Call,
): Promise<DeployedFunction[]> {
  const bundles = readBundles(assemblyDir);
  const functions: DeployedFunction[] = [];
  for (const stack of readAssembly(assemblyDir, call)) {
    const { Resources } = JSON.parse(readFileSync(stack.templateFile, 'utf8')) as Template;
    for (const [logicalId, { Type, Properties }] of Object.entries(Resources)) {
      const asset = stack.assets.find(({ key }) => key === Properties?.Code?.S3Key);
      if (Type !== 'AWS::Lambda::Function' || !asset) continue;
      const input = { StackName: stack.name, LogicalResourceId: logicalId };
      const { StackResourceDetail } = await registry.call('cloudformation', 'DescribeStackResource', input, call);
      const { bucket, key, path } = asset;
      functions.push({ name: StackResourceDetail.PhysicalResourceId, bucket, key, bundle: bundles[basename(path)] });
    }
  }
  return functions;
}

function readBundles(assemblyDir: string): Readonly<Record<string, string>> {
  const file = join(assemblyDir, BUNDLES_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}
