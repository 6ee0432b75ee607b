export type Arn = {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
};

export function formatArn(arn: Arn): string {
  return `arn:aws:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`;
}

/** The parts of an ARN; undefined when `text` is none. The resource keeps its own colons. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:aws[a-z-]*:([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text);
  if (!match) return undefined;
  const [, service, region, account, resource] = match as unknown as [string, string, string, string, string];
  return { service, region, account, resource };
}
