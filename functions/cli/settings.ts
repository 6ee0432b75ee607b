import { Refusal, UsageError } from './command';

type Environment = Readonly<Record<string, string | undefined>>;

export type Target = {
  readonly stage: string;
  /** What the SDK's environment has to say; undefined: it must not say anything. */
  readonly environment: Environment;
  /** Where that is, for messages. */
  readonly where: string;
};

export type SettingsInput = {
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly environment: Environment;
  /** The text of `.localcloud/outputs.json`, which `npm start` writes; undefined: it has not run here. */
  readonly localOutputs: string | undefined;
};

/** Stage names stand in stack names: letters and digits (CloudFormation allows no others but the hyphen). */
const STAGE = /^[A-Za-z0-9]+$/;

/**
 * Which deployment is meant: by the options, else by the usual settings of AWS, which the SDK reads itself. Stage `local`
 * is never at AWS: where no endpoint is given, it is the local cloud of this directory. A server on this machine wants
 * some credentials and a region, whichever.
 */
export function targetOf({ options, environment, localOutputs }: SettingsInput): Target {
  const { stage = 'local', 'endpoint-url': given } = options;
  if (!STAGE.test(stage)) throw new UsageError(`--stage is "${stage}"; letters and digits only, such as dev`);
  const region = options.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const configured = given ?? environment.AWS_ENDPOINT_URL;
  const here = configured === undefined && stage === 'local' ? localEndpoint(localOutputs) : undefined;
  const endpoint = configured ?? here;
  if (endpoint === undefined) {
    if (stage === 'local' && !environment.AWS_PROFILE) throw new Refusal(NO_LOCAL_CLOUD);
    return { stage, environment: { ...(region && { AWS_REGION: region }) }, where: `AWS${region ? ` ${region}` : ''}` };
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`the endpoint is "${endpoint}"; expected a URL such as http://127.0.0.1:4566`);
  return {
    stage,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      // Endpoints of single services would come before the one that was asked for.
      ...(given !== undefined && Object.fromEntries(SERVICES.map((name) => [`AWS_ENDPOINT_URL_${name}`, undefined]))),
      ...(region && { AWS_REGION: region }),
      ...(isLoopback(url) && madeUp(environment, region, here !== undefined)),
    },
    where: endpoint,
  };
}

const SERVICES = ['CLOUDFORMATION', 'DYNAMODB', 'DYNAMODB_STREAMS', 'EVENTBRIDGE', 'LAMBDA', 'CLOUDWATCH_LOGS', 'SQS'];

const NO_LOCAL_CLOUD = `no deployment is named, and there is no local cloud in this directory. Either
  npm start                                            and use it from another terminal,
  export AWS_ENDPOINT_URL=http://127.0.0.1:4566        for a cloud that runs elsewhere on this machine, or
  orderstream … --stage dev                            for a deployment at AWS, with AWS_PROFILE and AWS_REGION set`;

function madeUp(environment: Environment, region: string | undefined, always: boolean): Environment {
  const hasOwn = environment.AWS_ACCESS_KEY_ID || environment.AWS_PROFILE;
  return {
    ...(!region && { AWS_REGION: 'us-east-1' }),
    // The local cloud of this directory needs nobody's real credentials, nor a login for them.
    ...((always || !hasOwn) && {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SESSION_TOKEN: undefined,
      AWS_PROFILE: undefined,
    }),
  };
}

function localEndpoint(outputs: string | undefined): string | undefined {
  if (outputs === undefined) return undefined;
  try {
    const stacks = JSON.parse(outputs) as Record<string, Record<string, string>>;
    const url = Object.values(stacks)
      .map(({ QueryUrl }) => QueryUrl)
      .find((one) => one !== undefined);
    return url === undefined ? undefined : new URL(url).origin;
  } catch {
    return undefined;
  }
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
