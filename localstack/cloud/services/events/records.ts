import { formatArn, parseArn } from '../../core/arn';
import type { Call } from '../../core/service';

export type BusId = { readonly account: string; readonly region: string; readonly name: string };

export type BusRecord = BusId & {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly description?: string;
  readonly deadLetterArn?: string;
  /** A key of its own. */
  readonly kmsKeyArn?: string;
  /** A policy document, as JSON text. */
  readonly policy?: string;
  readonly tags: Readonly<Record<string, string>>;
};

export type Target = {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
};

export type RuleState = 'ENABLED' | 'DISABLED';

export type RuleRecord = {
  readonly name: string;
  readonly bus: BusId;
  readonly state: RuleState;
  readonly pattern?: string;
  readonly schedule?: string;
  /** What a `rate` counts from: milliseconds since 1970. */
  readonly scheduledFrom?: number;
  readonly description?: string;
  readonly roleArn?: string;
  readonly createdBy: string;
  /** The AWS service that made it: its users cannot change it. */
  readonly managedBy?: string;
  /** A rule that sends to the archive of this name, in the account and region of its bus. */
  readonly archive?: string;
  readonly targets: readonly Target[];
  readonly tags: Readonly<Record<string, string>>;
};

export const busKey = ({ account, region, name }: BusId): string => `${account}/${region}/${name}`;

export const ruleKey = ({ bus, name }: Pick<RuleRecord, 'bus' | 'name'>): string => `${busKey(bus)}/${name}`;

export const busArn = ({ account, region, name }: BusId): string =>
  formatArn({ service: 'events', region, account, resource: `event-bus/${name}` });

export function ruleArn({ bus, name }: Pick<RuleRecord, 'bus' | 'name'>): string {
  const { account, region } = bus;
  const resource = bus.name === 'default' ? `rule/${name}` : `rule/${bus.name}/${name}`;
  return formatArn({ service: 'events', region, account, resource });
}

export const archiveArn = ({ account, region, name }: BusId): string =>
  formatArn({ service: 'events', region, account, resource: `archive/${name}` });

export const replayArn = ({ account, region, name }: BusId): string =>
  formatArn({ service: 'events', region, account, resource: `replay/${name}` });

/** From what callers write: nothing for the default bus, a name, or an ARN. */
export function busIdFrom(nameOrArn: string | undefined, { account, region }: Pick<Call, 'account' | 'region'>): BusId {
  const parsed = nameOrArn === undefined ? undefined : parseArn(nameOrArn);
  if (parsed) {
    return { account: parsed.account, region: parsed.region, name: parsed.resource.replace(/^event-bus\//, '') };
  }
  return { account, region, name: nameOrArn ?? 'default' };
}

/** The bus or the rule that an ARN names. */
export function readArn(arn: string): { bus: BusId; rule?: string } | undefined {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'events') return undefined;
  const { account, region, resource } = parsed;
  const [kind, ...names] = resource.split('/');
  const name = names.join('/');
  if (kind === 'event-bus' && name) return { bus: { account, region, name } };
  if (kind !== 'rule' || !name) return undefined;
  const rule = names.at(-1) as string;
  return { bus: { account, region, name: names.slice(0, -1).join('/') || 'default' }, rule };
}

/** The archive that an ARN names. */
export function readArchiveArn(arn: string): BusId | undefined {
  const parsed = parseArn(arn);
  const name = parsed?.service === 'events' ? /^archive\/(.+)$/.exec(parsed.resource)?.[1] : undefined;
  return parsed && name ? { account: parsed.account, region: parsed.region, name } : undefined;
}
