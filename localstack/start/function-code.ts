import { createHash } from 'node:crypto';
import type { Registry } from '../cloud/core/registry';
import type { Call } from '../cloud/core/service';
import type { DeployedFunction } from './deployed-functions';

/** Who updates functions, and on which cloud. */
export type Operator = { readonly registry: Registry; readonly call: () => Call };

/**
 * Makes a function run this code from its next invocation on; what is under way ends on the code that it began with.
 * Returns whether it ran another before.
 */
export async function runCode(
  functionName: string,
  code: { readonly zip: Buffer; readonly codeSha256: string },
  { registry, call }: Operator,
): Promise<boolean> {
  const FunctionName = functionName;
  const { CodeSha256 } = await registry.call('lambda', 'GetFunctionConfiguration', { FunctionName }, call());
  if (CodeSha256 === code.codeSha256) return false;
  await registry.call('lambda', 'UpdateFunctionCode', { FunctionName, ZipFile: code.zip }, call());
  return true;
}

/**
 * Gives functions back the code that their stack says they have. A swap (`--watch`, `cdk deploy --hotswap`) goes past
 * CloudFormation, so a later deployment of a template that CloudFormation knows already changes nothing: a function
 * swapped from A to B would still run B after the sources have gone back to A. Returns the functions it concerned.
 */
export async function undoDrift(functions: readonly DeployedFunction[], operator: Operator): Promise<string[]> {
  const drifted: string[] = [];
  for (const { name, bucket, key } of functions) {
    const zip = operator.registry.peer('s3').read(bucket, key);
    const codeSha256 = createHash('sha256').update(zip).digest('base64');
    if (await runCode(name, { zip, codeSha256 }, operator)) drifted.push(name);
  }
  return drifted;
}
