import { formatArn, parseArn } from '../../core/arn';
import type { Call } from '../../core/service';
import { sqsError } from './errors';

/** A queue as it is kept: everything but its messages. */
export type QueueRecord = {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** As set, without what is default. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
};

export type QueueId = Pick<QueueRecord, 'name' | 'account' | 'region'>;

export const keyOf = ({ account, region, name }: QueueId): string => `${account}/${region}/${name}`;

export const arnOf = ({ account, region, name }: QueueId): string =>
  formatArn({ service: 'sqs', region, account, resource: name });

export const isFifo = ({ name }: QueueId): boolean => name.endsWith('.fifo');

/** Without region, as LocalStack has it: who asks in another region gets another queue under the same URL. */
export const urlOf = ({ account, name }: QueueId, call: Call): string => `${call.endpoint}/${account}/${name}`;

export function idFromArn(arn: string): QueueId | undefined {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'sqs') return undefined;
  return { account: parsed.account, region: parsed.region, name: parsed.resource };
}

const AWS_HOST = /^https?:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\//;

/** Reads `<anything>/<account>/<name>`: the host does not matter, so that URLs outlive a change of port. */
export function idFromUrl(url: unknown, call: Pick<Call, 'region'>): QueueId {
  const path = typeof url === 'string' ? /\/(\d{12})\/([^/?]+)$/.exec(url) : undefined;
  if (!path) throw sqsError('InvalidAddress', `The address ${url} is not valid for this endpoint.`);
  const [, account, name] = path as unknown as [string, string, string];
  return { account, name, region: AWS_HOST.exec(String(url))?.[1] ?? call.region };
}
