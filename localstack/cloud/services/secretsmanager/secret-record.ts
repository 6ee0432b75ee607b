import { formatArn } from '../../core/arn';

export type Place = { readonly account: string; readonly region: string };

/** One value of a secret. Times in milliseconds since 1970. */
export type Version = {
  readonly id: string;
  readonly text?: string;
  /** Base64. */
  readonly binary?: string;
  readonly stages: readonly string[];
  readonly createdAt: number;
  /** Midnight of the day, UTC, as AWS keeps it. */
  readonly accessedAt?: number;
  /** As the secret named its key when this value was put. */
  readonly kmsKeyId?: string;
};

export type SecretRecord = Place & {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  /** As it was given; undefined for AWS's own key. */
  readonly kmsKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The text that was put. */
  readonly policy?: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly accessedAt?: number;
  /** Gone from this time on. */
  readonly deleteAt?: number;
  /** Oldest first. */
  readonly versions: readonly Version[];
};

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

/** `suffix`: the six characters that tell a secret from one of the same name that was there before. */
export const secretArn = ({ account, region }: Place, name: string, suffix: string): string =>
  formatArn({ service: 'secretsmanager', region, account, resource: `secret:${name}-${suffix}` });

export const withStage = ({ versions }: SecretRecord, stage: string): Version | undefined =>
  versions.find(({ stages }) => stages.includes(stage));

export const stagesOf = ({ versions }: SecretRecord): Record<string, readonly string[]> =>
  Object.fromEntries(versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]));

/**
 * `secret` with `stage` on version `to`, and on no other (on none at all without `to`). Where AWSCURRENT was, AWSPREVIOUS is
 * then.
 */
export function moveStage(secret: SecretRecord, stage: string, to: string | undefined): SecretRecord {
  const from = withStage(secret, stage)?.id;
  if (from === to) return secret;
  const moved = {
    ...secret,
    versions: secret.versions.map((version) => {
      const others = version.stages.filter((one) => one !== stage);
      return { ...version, stages: version.id === to ? [...others, stage] : others };
    }),
  };
  if (stage !== CURRENT || from === undefined) return moved;
  return moveStage(moved, PREVIOUS, from);
}
