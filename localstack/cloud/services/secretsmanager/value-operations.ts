import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Call, Operation } from '../../core/service';
import type { SecretAuthorization } from './access';
import { invalidParameter, invalidRequest, noSuchValue } from './errors';
import { filterIn } from './filters';
import type { Protection } from './protection';
import { pageOf, read, tokenIn, valueIn } from './request';
import { CURRENT, moveStage, type SecretRecord, type Version, withStage } from './secret-record';
import type { Secrets } from './secrets';
import { putVersion } from './versions';

const DAY = 86_400_000;
const MAX_STAGES = 20;

/** Values of secrets, their versions, and the labels on these. */
export function valueOperations(
  secrets: Secrets,
  protection: Protection,
  authorization: SecretAuthorization,
  clock: Clock,
): Record<string, Operation> {
  /** Notes that a value was read; AWS keeps only the day. */
  const touch = (secret: SecretRecord, read: Version): void => {
    const today = Math.floor(clock.now() / DAY) * DAY;
    if (read.accessedAt === today && secret.accessedAt === today) return;
    const versions = secret.versions.map((version) =>
      version.id === read.id ? { ...version, accessedAt: today } : version,
    );
    secrets.set({ ...secret, accessedAt: today, versions });
  };

  const shown = (secret: SecretRecord, version: Version, call: Call): object => {
    protection.toRead(secret, version, call);
    touch(secret, version);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      ...(version.text !== undefined && { SecretString: version.text }),
      ...(version.binary !== undefined && { SecretBinary: version.binary }),
      VersionStages: version.stages,
      CreatedDate: version.createdAt / 1000,
    };
  };

  return {
    GetSecretValue: (input, call) => {
      const { SecretId, VersionId, VersionStage } = read('GetSecretValue', input, [
        'SecretId',
        'VersionId',
        'VersionStage',
      ]);
      const secret = secrets.usable(SecretId, call);
      return shown(secret, versionIn(secret, VersionId, VersionStage), call);
    },

    BatchGetSecretValue: (input, call) => {
      const request = read('BatchGetSecretValue', input, ['SecretIdList', 'Filters', 'MaxResults', 'NextToken']);
      const ids = request.SecretIdList as readonly unknown[] | undefined;
      if ((ids === undefined) === (request.Filters === undefined)) {
        throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
      }
      if (ids && request.MaxResults !== undefined) {
        throw invalidParameter(
          "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
        );
      }
      const passes = filterIn(request);
      const found =
        ids ??
        secrets
          .list(call)
          .filter((one) => one.deleteAt === undefined && passes(one))
          .map(({ arn }) => arn);
      const { page, next } = pageOf(found, request, 20);
      const SecretValues: object[] = [];
      const Errors: object[] = [];
      for (const id of page) {
        try {
          authorization.authorize('GetSecretValue', { SecretId: id }, call);
          const secret = secrets.usable(id, call);
          SecretValues.push(shown(secret, versionIn(secret, undefined, undefined), call));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          Errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message });
        }
      }
      return { SecretValues, Errors, ...next };
    },

    PutSecretValue: (input, call) => {
      const request = read('PutSecretValue', input, [
        'SecretId',
        'ClientRequestToken',
        'SecretBinary',
        'SecretString',
        'VersionStages',
      ]);
      const value = valueIn(request);
      if (!value) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      const token = tokenIn(request);
      const stages = (request.VersionStages as string[] | undefined) ?? [CURRENT];
      if (stages.length < 1 || stages.length > MAX_STAGES) {
        throw invalidParameter(`You can attach 1 to ${MAX_STAGES} staging labels to a version.`);
      }
      const secret = secrets.usable(request.SecretId, call);
      protection.toWrite(secret, token, call);
      const changed = putVersion(secret, token, value, stages, clock.now());
      secrets.set(changed);
      const VersionStages = changed.versions.find(({ id }) => id === token)?.stages;
      return { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages };
    },

    ListSecretVersionIds: (input, call) => {
      const request = read('ListSecretVersionIds', input, ['SecretId', 'MaxResults', 'NextToken', 'IncludeDeprecated']);
      const secret = secrets.get(request.SecretId, call);
      const found = secret.versions.filter(({ stages }) => request.IncludeDeprecated === true || stages.length > 0);
      const { page, next } = pageOf(found, request, 100);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: page.map((version) => ({
          VersionId: version.id,
          VersionStages: version.stages,
          CreatedDate: version.createdAt / 1000,
          KmsKeyIds: [version.kmsKeyId ?? 'DefaultEncryptionKey'],
          ...(version.accessedAt !== undefined && { LastAccessedDate: version.accessedAt / 1000 }),
        })),
        ...next,
      };
    },

    UpdateSecretVersionStage: (input, call) => {
      const request = read('UpdateSecretVersionStage', input, [
        'SecretId',
        'VersionStage',
        'RemoveFromVersionId',
        'MoveToVersionId',
      ]);
      const { RemoveFromVersionId: from, MoveToVersionId: to } = request;
      const stage = String(request.VersionStage);
      const secret = secrets.usable(request.SecretId, call);
      const holder = withStage(secret, stage)?.id;
      for (const id of [from, to]) {
        if (id !== undefined && !secret.versions.some((version) => version.id === id)) {
          throw noSuchValue(`VersionId: ${String(id)}`);
        }
      }
      if (from !== undefined && from !== holder) {
        throw invalidParameter(`Staging label ${stage} isn't attached to version ${String(from)}.`);
      }
      if (holder !== undefined && from === undefined && to !== holder) {
        throw invalidParameter(
          `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
        );
      }
      if (stage === CURRENT && to === undefined) {
        throw invalidParameter(
          "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
        );
      }
      secrets.set({ ...moveStage(secret, stage, to as string | undefined), changedAt: clock.now() });
      return { ARN: secret.arn, Name: secret.name };
    },
  };
}

/** The version that a request names: by id, by label, or by both; the current one when it names none. */
function versionIn(secret: SecretRecord, id: unknown, stage: unknown): Version {
  if (id !== undefined) {
    const version = secret.versions.find((one) => one.id === id);
    if (!version) throw noSuchValue(`VersionId: ${String(id)}`);
    if (stage !== undefined && !version.stages.includes(String(stage))) {
      throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
    }
    return version;
  }
  const label = String(stage ?? CURRENT);
  const version = withStage(secret, label);
  if (!version) throw noSuchValue(`staging label: ${label}`);
  return version;
}
