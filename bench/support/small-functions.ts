import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';

export type ClientSettings = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

export const settingsFor = (endpoint: string): ClientSettings => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
});

/** Makes functions of a few lines, with a role that may do everything. */
export class SmallFunctions {
  readonly #lambda: LambdaClient;
  readonly #iam: IAMClient;
  #role: string | undefined;

  constructor(settings: ClientSettings) {
    this.#lambda = new LambdaClient(settings);
    this.#iam = new IAMClient(settings);
  }

  /** `source`: an ES module that exports `handler`. Resolves with the function's ARN. */
  async create(name: string, source: string, variables: Record<string, string> = {}): Promise<string> {
    const { FunctionArn } = await this.#lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: await this.#roleArn(),
        Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }) },
        Environment: { Variables: variables },
        Timeout: 30,
      }),
    );
    return FunctionArn!;
  }

  /** Other variables: the next invocation starts in a new environment. */
  async configure(name: string, variables: Record<string, string>): Promise<void> {
    await this.#lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment: { Variables: variables } }),
    );
  }

  close(): void {
    this.#lambda.destroy();
    this.#iam.destroy();
  }

  async #roleArn(): Promise<string> {
    if (this.#role) return this.#role;
    const { Role } = await this.#iam.send(
      new CreateRoleCommand({
        RoleName: 'small-functions',
        AssumeRolePolicyDocument: policy({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
      }),
    );
    await this.#iam.send(
      new PutRolePolicyCommand({
        RoleName: 'small-functions',
        PolicyName: 'everything',
        PolicyDocument: policy({ Action: '*', Resource: '*' }),
      }),
    );
    this.#role = Role!.Arn!;
    return this.#role;
  }
}

const policy = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
