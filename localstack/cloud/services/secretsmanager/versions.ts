import { alreadyExists } from './errors';
import type { Value } from './request';
import { CURRENT, moveStage, type SecretRecord, type Version } from './secret-record';

const DAY = 86_400_000;
/** Versions without a label are kept until there are so many, and until they are a day old. */
const MAX_VERSIONS = 100;

/**
 * `secret` with a new version of this id, and the labels on it. The same version once more changes nothing; another value
 * under its id is refused with `ResourceExistsException`.
 */
export function putVersion(
  secret: SecretRecord,
  id: string,
  value: Value,
  stages: readonly string[],
  now: number,
): SecretRecord {
  const before = secret.versions.find((version) => version.id === id);
  if (before) {
    if (!isSame(before, value)) {
      throw alreadyExists(
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    }
    return secret;
  }
  const version: Version = {
    id,
    ...value,
    stages: [],
    createdAt: now,
    ...(secret.kmsKeyId !== undefined && { kmsKeyId: secret.kmsKeyId }),
  };
  // The first value is the current one, whatever else it is called.
  const labels = secret.versions.length === 0 ? [...new Set([...stages, CURRENT])] : stages;
  const extended: SecretRecord = {
    ...secret,
    changedAt: now,
    versions: [...fewVersions(secret.versions, now), version],
  };
  return labels.reduce((changed, stage) => moveStage(changed, stage, id), extended);
}

function isSame(version: Version, value: Value): boolean {
  return 'text' in value ? version.text === value.text : version.binary === value.binary;
}

function fewVersions(versions: readonly Version[], now: number): readonly Version[] {
  let surplus = versions.length + 1 - MAX_VERSIONS;
  if (surplus <= 0) return versions;
  return versions.filter(({ stages, createdAt }) => {
    if (surplus <= 0 || stages.length > 0 || createdAt > now - DAY) return true;
    surplus--;
    return false;
  });
}
