import { readFileSync } from 'node:fs';

export type Outputs = Readonly<Record<string, string>>;

/** The outputs of all stacks in an outputs file (`npm start` and `cdk deploy --outputs-file` write one), in one record. */
export function readOutputs(file: string): Outputs {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`no ${file}: start the local cloud first (npm start), or name the file: --outputs <file>`);
  }
  return Object.assign({}, ...Object.values(JSON.parse(text) as Record<string, Outputs>));
}

/** The endpoint of the local cloud that these outputs came from; undefined for AWS, where the SDK finds its own. */
export function endpointOf(outputs: Outputs): string | undefined {
  if (process.env.AWS_ENDPOINT_URL) return process.env.AWS_ENDPOINT_URL;
  const url = new URL(outputs.QueryUrl ?? 'https://unknown');
  return url.protocol === 'http:' ? url.origin : undefined;
}
