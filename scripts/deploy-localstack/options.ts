import { parseArgs } from 'node:util';

export type Options = {
  /** Where LocalStack listens, without a slash at its end. */
  readonly endpoint: string;
  /** How long to wait for it, in milliseconds. */
  readonly waitMs: number;
  /** Where the stack outputs go, as `cdk deploy --outputs-file` writes them. */
  readonly outputs: string;
  /** Only synthesise: the container deploys it itself when it starts. */
  readonly synthOnly: boolean;
};

export const USAGE =
  'usage: npm run deploy:localstack [-- --endpoint http://127.0.0.1:4566 --wait 60 --outputs <file> | -- --synth]';

/** Throws an error whose message is meant for people. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      endpoint: { type: 'string', default: process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566' },
      wait: { type: 'string', default: '60' },
      outputs: { type: 'string', default: '.localcloud/localstack-outputs.json' },
      synth: { type: 'boolean', default: false },
    },
  });
  const wait = Number(values.wait);
  if (!Number.isFinite(wait) || wait < 0) throw new Error(`--wait ${values.wait}: give seconds\n${USAGE}`);
  if (!URL.canParse(values.endpoint)) throw new Error(`--endpoint ${values.endpoint} is no URL\n${USAGE}`);
  return {
    endpoint: values.endpoint.replace(/\/$/, ''),
    waitMs: wait * 1000,
    outputs: values.outputs,
    synthOnly: values.synth,
  };
}
