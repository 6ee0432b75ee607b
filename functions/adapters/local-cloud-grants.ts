import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { FunctionGrants, GrantReport, Grants } from '../application/grants';

/** As `GET /_cloud/iam` of the local cloud answers. */
type Noted = {
  readonly since: string;
  readonly roles: readonly (Omit<FunctionGrants, 'function'> & { readonly arn: string })[];
};

/** The grants of a stage's functions, and their use, as the local cloud has noted them. */
export class LocalCloudGrants implements Grants {
  constructor(
    private readonly lambda: LambdaClient,
    /** Where the local cloud is; undefined: this is AWS. */
    private readonly endpoint: string | undefined,
  ) {}

  async report(stage: string): Promise<GrantReport | undefined> {
    const noted = await this.noted();
    if (!noted) return undefined;
    const roles = new Map(noted.roles.map((role) => [role.arn, role]));
    const prefix = `orders-${stage}-`;
    const functions: FunctionGrants[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: this.lambda }, {})) {
      for (const { FunctionName: name = '', Role = '' } of Functions) {
        const found = roles.get(Role);
        if (!name.startsWith(prefix) || !found) continue;
        const { role, granted, otherwise, denied } = found;
        functions.push({ function: name.slice(prefix.length), role, granted, otherwise, denied });
      }
    }
    return { since: noted.since, functions: functions.sort((a, b) => (a.function < b.function ? -1 : 1)) };
  }

  private async noted(): Promise<Noted | undefined> {
    if (this.endpoint === undefined) return undefined;
    const answer = await fetch(new URL('/_cloud/iam', this.endpoint));
    // LocalStack has no such path, or takes it for a bucket's.
    if (answer.status !== 200 || !answer.headers.get('content-type')?.includes('json')) return undefined;
    const body = (await answer.json()) as Partial<Noted>;
    return Array.isArray(body.roles) ? (body as Noted) : undefined;
  }
}
